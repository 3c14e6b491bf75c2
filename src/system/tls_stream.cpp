#include "system/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <string_view>

#include "time/address.h"

namespace clockwright::system {

namespace {

constexpr std::string_view protocol = "ntske/1";
constexpr std::string_view exporter_label = "EXPORTER-network-time-security";
constexpr std::size_t key_size = 32;  // of AES-SIV-CMAC-256

/// What OpenSSL says of its last fault, in its own words.
ntp::ExchangeFailure last_fault() {
    const unsigned long code = ::ERR_peek_last_error();
    const int reason = ERR_GET_REASON(code);
    if (reason == SSL_AD_REASON_OFFSET + SSL_AD_NO_APPLICATION_PROTOCOL) {
        return {NtsFailure::alpn, "it refused the protocol"};
    }
    if (reason == SSL_AD_REASON_OFFSET + SSL_AD_PROTOCOL_VERSION ||
        reason == SSL_R_UNSUPPORTED_PROTOCOL) {
        return {NtsFailure::tls, "the server does not speak TLS 1.3"};
    }
    if (reason == SSL_R_WRONG_VERSION_NUMBER) {
        return {NtsFailure::tls, "what came is not TLS"};
    }
    const char* text = ::ERR_reason_error_string(code);
    return {NtsFailure::tls, text == nullptr ? "unknown fault" : text};
}

}  // namespace

/// In the place of OpenSSL's own check, so that a certificate is reported also when it is refused.
int verify_certificate(X509_STORE_CTX* store, void*) {
    auto* ssl = static_cast<SSL*>(
        ::X509_STORE_CTX_get_ex_data(store, ::SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* stream = static_cast<TlsStream*>(SSL_get_app_data(ssl));
    CertificateReport& report = stream->certificate_;
    report = judge_certificate(store, stream->now_, stream->built_);
    if (report.fault.failure == NtsFailure::certificate_trust && stream->anchors_.add_bundle()) {
        report = judge_again(store, stream->now_, stream->built_);
    }
    return stream->certificate_.is_believed() ? 1 : 0;
}

TlsStream::TlsStream(TrustAnchors& anchors, const HostName& host, WallTime now, WallTime built)
    : anchors_(anchors), ssl_(::SSL_new(anchors.context()), &::SSL_free), now_(now), built_(built) {
    ::SSL_CTX_set_cert_verify_callback(anchors.context(), verify_certificate, nullptr);
    SSL_set_app_data(ssl_.get(), this);
    ::SSL_set_bio(ssl_.get(), ::BIO_new(::BIO_s_mem()), ::BIO_new(::BIO_s_mem()));
    ::SSL_set_connect_state(ssl_.get());
    X509_VERIFY_PARAM* parameters = ::SSL_get0_param(ssl_.get());
    if (parse_address(host.name)) {
        ::X509_VERIFY_PARAM_set1_ip_asc(parameters, host.name.c_str());
    } else {
        ::X509_VERIFY_PARAM_set1_host(parameters, host.name.c_str(), host.name.size());
        SSL_set_tlsext_host_name(ssl_.get(), host.name.c_str());
    }
}

TlsStream::~TlsStream() = default;

void TlsStream::arrived(std::span<const std::uint8_t> bytes) {
    ::BIO_write(::SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
}

std::vector<std::uint8_t> TlsStream::departing() {
    BIO* wire = ::SSL_get_wbio(ssl_.get());
    std::vector<std::uint8_t> bytes(::BIO_ctrl_pending(wire));
    if (!bytes.empty()) {
        ::BIO_read(wire, bytes.data(), static_cast<int>(bytes.size()));
    }
    return bytes;
}

TlsStream::Outcome<bool> TlsStream::handshake() {
    if (complete_) {
        return true;
    }
    ::ERR_clear_error();
    const int result = ::SSL_do_handshake(ssl_.get());
    if (result != 1) {
        return waits(result) ? Outcome<bool>(false) : std::unexpected(fault(result));
    }
    const unsigned char* chosen = nullptr;
    unsigned int size = 0;
    ::SSL_get0_alpn_selected(ssl_.get(), &chosen, &size);
    if (std::string_view(reinterpret_cast<const char*>(chosen), size) != protocol) {
        return std::unexpected(
            ntp::ExchangeFailure{NtsFailure::alpn, "it speaks TLS and chose no protocol"});
    }
    complete_ = true;
    return true;
}

TlsStream::Outcome<void> TlsStream::write(std::span<const std::uint8_t> plaintext) {
    ::ERR_clear_error();
    const int result =
        ::SSL_write(ssl_.get(), plaintext.data(), static_cast<int>(plaintext.size()));
    return result > 0 ? Outcome<void>() : std::unexpected(fault(result));
}

TlsStream::Outcome<std::size_t> TlsStream::read(std::span<std::uint8_t> buffer) {
    ::ERR_clear_error();
    const int result = ::SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (result > 0) {
        return static_cast<std::size_t>(result);
    }
    return waits(result) ? Outcome<std::size_t>(0uz) : std::unexpected(fault(result));
}

std::vector<std::uint8_t> TlsStream::export_key(std::uint16_t algorithm,
                                                Direction direction) const {
    // Next protocol NTPv4 (0), the algorithm, the direction.
    const std::array<std::uint8_t, 5> context = {0, 0, static_cast<std::uint8_t>(algorithm >> 8),
                                                 static_cast<std::uint8_t>(algorithm),
                                                 static_cast<std::uint8_t>(direction)};
    std::vector<std::uint8_t> key(key_size);
    const int exported =
        ::SSL_export_keying_material(ssl_.get(), key.data(), key.size(), exporter_label.data(),
                                     exporter_label.size(), context.data(), context.size(), 1);
    return exported == 1 ? key : std::vector<std::uint8_t>{};
}

bool TlsStream::waits(int result) const {
    return !wire_ended_ && ::SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ;
}

ntp::ExchangeFailure TlsStream::fault(int result) const {
    if (!certificate_.is_believed()) {
        return certificate_.fault;
    }
    const int error = ::SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_SSL) {
        return last_fault();
    }
    return {NtsFailure::closed,
            complete_ ? "before the answer was complete" : "before the TLS handshake was complete"};
}

}  // namespace clockwright::system
