/// The client's end of one TLS 1.3 connection, as octets in and out; it has no socket.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <vector>

#include "ntp/nts_record.h"
#include "system/tls_trust.h"
#include "time/host_name.h"

struct ssl_st;

namespace clockwright::system {

/// Neither copied nor moved: OpenSSL knows its address.
class TlsStream {
  public:
    template <class T>
    using Outcome = std::expected<T, ntp::ExchangeFailure>;

    /// The certificate must be for `host`, by name or by address. `now`: of its dates; before
    /// `built` they are not judged. `anchors` outlive the stream.
    TlsStream(TrustAnchors& anchors, const HostName& host, WallTime now,
              WallTime built = build_date());
    ~TlsStream();
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;

    /// Octets came from the wire; or it ended.
    void arrived(std::span<const std::uint8_t> bytes);
    void wire_ended() { wire_ended_ = true; }
    /// What must go to the wire now; to be asked after each of the calls below.
    std::vector<std::uint8_t> departing();

    /// True when it is complete: the certificate is believed, and the protocol is ntske/1.
    Outcome<bool> handshake();
    Outcome<void> write(std::span<const std::uint8_t> plaintext);
    /// What came so far, into `buffer`; 0: nothing more yet. NtsFailure::closed at the end.
    Outcome<std::size_t> read(std::span<std::uint8_t> buffer);

    /// Keys of RFC 8915 §5.1 for this algorithm; empty when OpenSSL refuses.
    enum class Direction : std::uint8_t { to_server = 0, to_client = 1 };
    std::vector<std::uint8_t> export_key(std::uint16_t algorithm, Direction direction) const;

    const CertificateReport& certificate() const { return certificate_; }

  private:
    friend int verify_certificate(x509_store_ctx_st* store, void*);

    ntp::ExchangeFailure fault(int result) const;
    bool waits(int result) const;

    TrustAnchors& anchors_;
    std::unique_ptr<ssl_st, void (*)(ssl_st*)> ssl_;
    WallTime now_, built_;
    CertificateReport certificate_;
    bool complete_ = false, wire_ended_ = false;
};

}  // namespace clockwright::system
