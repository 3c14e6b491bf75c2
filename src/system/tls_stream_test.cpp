#include "system/tls_stream.h"

#include <doctest/doctest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "tests/fakes/temporary_directory.h"

namespace clockwright::system {

namespace {

using namespace std::chrono_literals;
using std::chrono::days;

constexpr WallTime noon{1'800'000'000s};

template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

struct Dates {
    WallTime begin = noon - days{30}, end = noon + days{30};
};

/// A certificate that signs itself.
struct Identity {
    Owned<EVP_PKEY> key{EVP_EC_gen("P-256"), &::EVP_PKEY_free};
    Owned<X509> certificate{::X509_new(), &::X509_free};
};

void add_extension(X509* certificate, int kind, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    ::X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const Owned<X509_EXTENSION> extension(::X509V3_EXT_conf_nid(nullptr, &context, kind, value),
                                          &::X509_EXTENSION_free);
    REQUIRE(extension);
    ::X509_add_ext(certificate, extension.get(), -1);
}

std::time_t seconds_of(WallTime instant) {
    return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

Identity make_identity(const char* names, Dates dates) {
    Identity identity;
    X509* certificate = identity.certificate.get();
    ::X509_set_version(certificate, X509_VERSION_3);
    ::ASN1_INTEGER_set(::X509_get_serialNumber(certificate), 7);
    ::ASN1_TIME_set(::X509_getm_notBefore(certificate), seconds_of(dates.begin));
    ::ASN1_TIME_set(::X509_getm_notAfter(certificate), seconds_of(dates.end));
    X509_NAME* name = ::X509_get_subject_name(certificate);
    const auto* text = reinterpret_cast<const unsigned char*>("a clock");
    ::X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, text, -1, -1, 0);
    ::X509_set_issuer_name(certificate, name);
    ::X509_set_pubkey(certificate, identity.key.get());
    add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate, NID_subject_alt_name, names);
    REQUIRE(::X509_sign(certificate, identity.key.get(), ::EVP_sha256()) > 0);
    return identity;
}

TrustAnchors trusting(const Identity& identity) {
    const TemporaryDirectory directory;
    const std::string path = directory / "anchor.pem";
    std::FILE* file = std::fopen(path.c_str(), "w");
    REQUIRE(file != nullptr);
    ::PEM_write_X509(file, identity.certificate.get());
    std::fclose(file);
    auto anchors = TrustAnchors::load({path});
    REQUIRE(anchors);
    return std::move(*anchors);
}

int choose_ntske(SSL*, const unsigned char** chosen, unsigned char* size,
                 const unsigned char* offer, unsigned int, void*) {
    *chosen = offer + 1;
    *size = offer[0];
    return SSL_TLSEXT_ERR_OK;
}

/// The other end, by OpenSSL, without a socket either.
class Server {
  public:
    explicit Server(const Identity& identity, bool speaks_ntske = true) {
        ::SSL_CTX_use_certificate(context_.get(), identity.certificate.get());
        ::SSL_CTX_use_PrivateKey(context_.get(), identity.key.get());
        if (speaks_ntske) {
            ::SSL_CTX_set_alpn_select_cb(context_.get(), choose_ntske, nullptr);
        }
        ssl_.reset(::SSL_new(context_.get()));
        ::SSL_set_bio(ssl_.get(), ::BIO_new(::BIO_s_mem()), ::BIO_new(::BIO_s_mem()));
        ::SSL_set_accept_state(ssl_.get());
    }
    SSL* ssl() { return ssl_.get(); }

    /// Takes what the client has for the wire, does what it must, and answers.
    void turn(TlsStream& client) {
        const auto bytes = client.departing();
        ::BIO_write(::SSL_get_rbio(ssl()), bytes.data(), static_cast<int>(bytes.size()));
        ::SSL_do_handshake(ssl());
        ::ERR_clear_error();
        std::vector<std::uint8_t> answer(::BIO_ctrl_pending(::SSL_get_wbio(ssl())));
        ::BIO_read(::SSL_get_wbio(ssl()), answer.data(), static_cast<int>(answer.size()));
        client.arrived(answer);
    }

  private:
    Owned<SSL_CTX> context_{::SSL_CTX_new(::TLS_server_method()), &::SSL_CTX_free};
    Owned<SSL> ssl_{nullptr, &::SSL_free};
};

std::expected<bool, ntp::ExchangeFailure> shake_hands(TlsStream& client, Server& server) {
    auto complete = client.handshake();
    for (int turns = 0; turns < 5 && complete == false; ++turns) {
        server.turn(client);
        complete = client.handshake();
    }
    server.turn(client);
    return complete;
}

HostName host(const char* text) {
    return *parse_host(text);
}

/// How the handshake with `name` ends at `now`, for a program built at `built`.
NtsFailure failure_at(const Identity& identity, WallTime now, WallTime built,
                      const char* name = "nts://time.example") {
    TrustAnchors anchors = trusting(identity);
    TlsStream client(anchors, host(name), now, built);
    Server server(identity);
    const auto complete = shake_hands(client, server);
    if (complete) {
        CHECK(*complete);
        return client.certificate().fault.failure;
    }
    return complete.error().failure;
}

}  // namespace

TEST_CASE("both ends of a connection have the same keys, one for each direction") {
    const Identity identity = make_identity("DNS:time.example", {});
    TrustAnchors anchors = trusting(identity);
    TlsStream client(anchors, host("nts://time.example"), noon, noon - days{100});
    Server server(identity);
    REQUIRE(shake_hands(client, server) == true);
    CHECK(client.certificate().subject == "CN=a clock");
    CHECK(client.certificate().issuer == "CN=a clock");
    CHECK(client.certificate().not_before == noon - days{30});
    CHECK(client.certificate().not_after == noon + days{30});

    const auto to_server = client.export_key(15, TlsStream::Direction::to_server);
    const auto to_client = client.export_key(15, TlsStream::Direction::to_client);
    CHECK(to_server.size() == 32);
    CHECK(to_server != to_client);
    std::vector<std::uint8_t> theirs(32);
    const unsigned char context[] = {0, 0, 0, 15, 1};
    REQUIRE(::SSL_export_keying_material(server.ssl(), theirs.data(), 32,
                                         "EXPORTER-network-time-security", 30, context, 5, 1) == 1);
    CHECK(to_client == theirs);
}

TEST_CASE("a certificate is for the name, or the address, that was asked") {
    const Identity identity =
        make_identity("DNS:time.example,DNS:*.any.example,IP:192.0.2.1,IP:2001:db8::1", {});
    const auto failure = [&](const char* name) {
        return failure_at(identity, noon, noon - days{100}, name);
    };
    for (const char* good : {"nts://time.example", "nts://TIME.example", "nts://a.any.example",
                             "nts://192.0.2.1", "nts://[2001:db8::1]"}) {
        CAPTURE(good);
        CHECK(failure(good) == NtsFailure::none);
    }
    for (const char* bad : {"nts://other.example", "nts://a.b.any.example", "nts://192.0.2.2",
                            "nts://[2001:db8::2]", "nts://clock"}) {
        CAPTURE(bad);
        CHECK(failure(bad) == NtsFailure::certificate_name);
    }
}

TEST_CASE("dates are judged by a clock that may be right; another is told to be wrong (A-4)") {
    const WallTime built = noon - days{10};
    const Identity valid = make_identity("DNS:time.example", {});
    const Identity expired = make_identity("DNS:time.example", {noon - days{40}, noon - days{5}});
    const Identity long_expired =
        make_identity("DNS:time.example", {noon - days{40}, built - days{1}});
    const Identity early = make_identity("DNS:time.example", {noon + days{5}, noon + days{40}});
    CHECK(failure_at(valid, noon, built) == NtsFailure::none);
    CHECK(failure_at(expired, noon, built) == NtsFailure::certificate_dates);
    CHECK(failure_at(early, noon, built) == NtsFailure::certificate_dates);
    // From the build date on the dates count, to the second.
    CHECK(failure_at(valid, built, built) == NtsFailure::none);
    CHECK(failure_at(early, built, built) == NtsFailure::certificate_dates);

    const WallTime wrong = built - 1s;
    CHECK(failure_at(valid, wrong, built) == NtsFailure::clock_wrong);
    CHECK(failure_at(valid, WallTime{}, built) == NtsFailure::clock_wrong);
    CHECK(failure_at(early, wrong, built) == NtsFailure::clock_wrong);
    CHECK(failure_at(long_expired, wrong, built) == NtsFailure::certificate_dates);
    // All else is checked still.
    CHECK(failure_at(valid, wrong, built, "nts://other.example") == NtsFailure::certificate_name);
    TrustAnchors others = trusting(expired);
    TlsStream client(others, host("nts://time.example"), wrong, built);
    Server server(valid);
    CHECK(shake_hands(client, server).error().failure == NtsFailure::certificate_trust);
}

TEST_CASE("a certificate that is refused is reported all the same") {
    const Identity identity = make_identity("DNS:time.example", {});
    const Identity other = make_identity("DNS:time.example", {});
    TrustAnchors anchors = trusting(other);
    TlsStream client(anchors, host("nts://time.example"), noon, noon - days{100});
    Server server(identity);
    const auto complete = shake_hands(client, server);
    REQUIRE_FALSE(complete);
    CHECK(complete.error().failure == NtsFailure::certificate_trust);
    CHECK(client.certificate().subject == "CN=a clock");
    CHECK(client.certificate().not_after == noon + days{30});
}

TEST_CASE("a certificate that never ends has the last date we can write") {
    const WallTime last{std::chrono::sys_days{std::chrono::year{2262} / 1 / 1} - 1s};
    const Identity identity = make_identity("DNS:time.example", {noon, noon});
    ::ASN1_TIME_set_string_X509(::X509_getm_notAfter(identity.certificate.get()),
                                "99991231235959Z");
    ::X509_sign(identity.certificate.get(), identity.key.get(), ::EVP_sha256());
    TrustAnchors anchors = trusting(identity);
    TlsStream client(anchors, host("nts://time.example"), noon + days{900}, noon);
    Server server(identity);
    CHECK(shake_hands(client, server) == true);
    CHECK(client.certificate().not_after == last);
}

TEST_CASE("a server that does not choose ntske/1 is none of ours") {
    const Identity identity = make_identity("DNS:time.example", {});
    TrustAnchors anchors = trusting(identity);
    TlsStream client(anchors, host("nts://time.example"), noon, noon - days{100});
    Server server(identity, false);
    CHECK(shake_hands(client, server).error().failure == NtsFailure::alpn);
}

TEST_CASE("octets that are no TLS, and an early end, have their reasons") {
    const Identity identity = make_identity("DNS:time.example", {});
    TrustAnchors anchors = trusting(identity);
    TlsStream garbage(anchors, host("nts://time.example"), noon, noon - days{100});
    CHECK(garbage.handshake() == false);
    garbage.arrived(std::vector<std::uint8_t>(500, 'x'));
    CHECK(garbage.handshake().error().failure == NtsFailure::tls);
    TlsStream ended(anchors, host("nts://time.example"), noon, noon - days{100});
    CHECK(ended.handshake() == false);
    ended.wire_ended();
    CHECK(ended.handshake().error().failure == NtsFailure::closed);
}

TEST_CASE("a file without a certificate is no trust anchor") {
    const TemporaryDirectory directory;
    directory.write("empty.pem", "");
    directory.write("text.pem", "no certificate\n");
    for (const char* name : {"empty.pem", "text.pem", "missing.pem"}) {
        const auto anchors = TrustAnchors::load({directory / name});
        REQUIRE_FALSE(anchors);
        CHECK(anchors.error().fault == Fault::bad_input);
        CHECK(anchors.error().message.find(name) != std::string::npos);
    }
}

TEST_CASE("the build date is a midnight of this program's time") {
    CHECK(build_date() == std::chrono::floor<days>(build_date()));
    CHECK(build_date() > WallTime{1'700'000'000s});
}

}  // namespace clockwright::system
