#include "system/tls_trust.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <utility>

#include "late_library.h"
#include "time/spell.h"

namespace clockwright::system {

namespace {

constexpr std::size_t longest_name = 256;
constexpr unsigned char alpn[] = {7, 'n', 't', 's', 'k', 'e', '/', '1'};

std::string text_of(const X509_NAME* name) {
    const std::unique_ptr<BIO, decltype(&::BIO_free)> memory(::BIO_new(::BIO_s_mem()), &::BIO_free);
    if (!memory || ::X509_NAME_print_ex(memory.get(), name, 0, XN_FLAG_RFC2253) < 0) {
        return {};
    }
    char* text = nullptr;
    const long size = ::BIO_get_mem_data(memory.get(), &text);
    return size > 0 ? std::string(text, std::min(static_cast<std::size_t>(size), longest_name))
                    : std::string{};
}

/// What is beyond the years that we can write becomes their end: "9999-12-31" means never. What
/// lies before the epoch, which means "unknown", its next day: between any two of them is a
/// difference.
WallTime instant_of(const ASN1_TIME* time) {
    using namespace std::chrono;
    constexpr sys_seconds first = sys_days{year{1970} / 1 / 2};
    constexpr sys_seconds last = sys_days{year{2262} / 1 / 1} - seconds{1};
    std::tm parts{};
    if (::ASN1_TIME_to_tm(time, &parts) != 1) {
        return {};
    }
    return std::clamp(sys_seconds{seconds{::timegm(&parts)}}, first, last);
}

std::time_t seconds_of(WallTime instant) {
    return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

void describe(const X509* certificate, CertificateReport& report) {
    report.subject = text_of(::X509_get_subject_name(certificate));
    report.issuer = text_of(::X509_get_issuer_name(certificate));
    report.not_before = instant_of(::X509_get0_notBefore(certificate));
    report.not_after = instant_of(::X509_get0_notAfter(certificate));
}

std::string date_text(const X509_STORE_CTX* store, const CertificateReport& report, int error) {
    const char* whose =
        ::X509_STORE_CTX_get_error_depth(store) == 0 ? "it" : "the certificate of its authority";
    const X509* at_fault = ::X509_STORE_CTX_get_current_cert(store);
    CertificateReport faulty = report;
    if (at_fault != nullptr) {
        describe(at_fault, faulty);
    }
    return error == X509_V_ERR_CERT_NOT_YET_VALID
               ? fmt::format("{} is not valid before {}", whose, rfc3339(faulty.not_before, false))
               : fmt::format("{} expired at {}", whose, rfc3339(faulty.not_after, false));
}

ntp::ExchangeFailure fault_of(const X509_STORE_CTX* store, const CertificateReport& report) {
    const int error = ::X509_STORE_CTX_get_error(store);
    switch (error) {
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return {NtsFailure::certificate_name, "it does not name the host we asked"};
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return {NtsFailure::certificate_dates, date_text(store, report, error)};
        case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
        case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
            return {NtsFailure::certificate_dates, ::X509_verify_cert_error_string(error)};
        default:
            return {NtsFailure::certificate_trust, ::X509_verify_cert_error_string(error)};
    }
}

/// True when some certificate of the chain had expired at `moment`.
bool had_expired(const X509_STORE_CTX* store, WallTime moment) {
    const STACK_OF(X509)* chain = ::X509_STORE_CTX_get0_chain(store);
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        if (instant_of(::X509_get0_notAfter(sk_X509_value(chain, i))) < moment) {
            return true;
        }
    }
    return false;
}

}  // namespace

WallTime build_date() {
    return WallTime{std::chrono::seconds{CLOCKWRIGHT_BUILD_DATE}};
}

Result<TrustAnchors> TrustAnchors::load(const std::vector<std::string>& files) {
    TRY(loaded(&clockwright_load_openssl));
    ::ERR_clear_error();
    std::shared_ptr<SSL_CTX> context(::SSL_CTX_new(::TLS_client_method()), &::SSL_CTX_free);
    if (!context || ::SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) != 1 ||
        ::SSL_CTX_set_alpn_protos(context.get(), alpn, sizeof alpn) != 0) {
        return fail("cannot prepare TLS");
    }
    ::SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    X509_VERIFY_PARAM* parameters = ::SSL_CTX_get0_param(context.get());
    ::X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
    ::X509_VERIFY_PARAM_set_hostflags(
        parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    ::SSL_CTX_set_default_verify_dir(context.get());
    for (const std::string& file : files) {
        if (::SSL_CTX_load_verify_file(context.get(), file.c_str()) != 1) {
            const char* why = ::ERR_reason_error_string(::ERR_peek_error());
            auto fault = fail(Fault::bad_input,
                              fmt::format("cannot read a certificate from {}: {}", printable(file),
                                          why == nullptr ? "no certificate" : why));
            ::ERR_clear_error();
            return fault;
        }
    }
    return TrustAnchors(std::move(context));
}

bool TrustAnchors::add_bundle() {
    if (std::exchange(has_bundle_, true)) {
        return false;
    }
    // $SSL_CERT_FILE takes the place of the machine's file in OpenSSL; here it is added to it.
    ::SSL_CTX_set_default_verify_file(context());
    if (std::getenv(::X509_get_default_cert_file_env()) != nullptr) {
        ::SSL_CTX_load_verify_file(context(), ::X509_get_default_cert_file());
    }
    ::ERR_clear_error();
    return true;
}

CertificateReport judge_certificate(X509_STORE_CTX* store, WallTime now, WallTime built) {
    const bool clock_is_wrong = now < built;
    X509_VERIFY_PARAM* parameters = ::X509_STORE_CTX_get0_param(store);
    if (clock_is_wrong) {
        ::X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_NO_CHECK_TIME);
    } else {
        ::X509_VERIFY_PARAM_set_time(parameters, seconds_of(now));
    }
    const bool in_order = ::X509_verify_cert(store) == 1;
    CertificateReport report;
    if (const X509* leaf = ::X509_STORE_CTX_get0_cert(store)) {
        describe(leaf, report);
    }
    if (!in_order) {
        report.fault = fault_of(store, report);
    } else if (clock_is_wrong && had_expired(store, built)) {
        ::X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_HAS_EXPIRED);
        report.fault = {NtsFailure::certificate_dates,
                        "it had expired when this program was built"};
    } else if (clock_is_wrong) {
        report.fault = {NtsFailure::clock_wrong,
                        fmt::format("it says {}, before this program was built; all of the "
                                    "certificate but its dates is in order",
                                    rfc3339(now, false))};
    }
    return report;
}

CertificateReport judge_again(X509_STORE_CTX* store, WallTime now, WallTime built) {
    const std::unique_ptr<X509_STORE_CTX, decltype(&::X509_STORE_CTX_free)> again(
        ::X509_STORE_CTX_new(), &::X509_STORE_CTX_free);
    if (!again || ::X509_STORE_CTX_init(again.get(), ::X509_STORE_CTX_get0_store(store),
                                        ::X509_STORE_CTX_get0_cert(store),
                                        ::X509_STORE_CTX_get0_untrusted(store)) != 1) {
        CertificateReport unchecked;
        unchecked.fault = {NtsFailure::tls, "the certificate cannot be checked"};
        return unchecked;
    }
    ::X509_VERIFY_PARAM_set1(::X509_STORE_CTX_get0_param(again.get()),
                             ::X509_STORE_CTX_get0_param(store));
    CertificateReport report = judge_certificate(again.get(), now, built);
    ::X509_STORE_CTX_set_error(store, ::X509_STORE_CTX_get_error(again.get()));
    return report;
}

}  // namespace clockwright::system
