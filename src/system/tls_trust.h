/// Whom TLS believes: trust anchors, and what is found out about a certificate (rules ).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ntp/nts_record.h"
#include "result.h"
#include "time/units.h"

struct ssl_ctx_st;
struct x509_store_ctx_st;

namespace clockwright::system {

/// The day this program was configured, at 00:00 UTC, or that of SOURCE_DATE_EPOCH. A clock that is
/// before it is wrong.
WallTime build_date();

/// The machine's trust anchors, those of $SSL_CERT_FILE, and further files; client's settings of
/// NTS: TLS 1.3 only, ALPN ntske/1.
class TrustAnchors {
  public:
    /// Each file holds certificates in PEM. Fault::bad_input for one that holds none.
    static Result<TrustAnchors> load(const std::vector<std::string>& files);

    ssl_ctx_st* context() const { return context_.get(); }

    /// The machine's bundle, of a hundred and more certificates, takes longer to read than all else
    /// of a key exchange: it is read when an authority is not found without it. True when that has
    /// been done now, so that looking again may help.
    bool add_bundle();

  private:
    explicit TrustAnchors(std::shared_ptr<ssl_ctx_st> context) : context_(std::move(context)) {}

    std::shared_ptr<ssl_ctx_st> context_;
    bool has_bundle_ = false;
};

/// What a server's certificate says, and what is wrong with it.
struct CertificateReport {
    std::string subject, issuer;  ///< RFC 2253 text, cut at 256 octets; empty: none was seen
    WallTime not_before{}, not_after{};
    /// `none`, or `clock_wrong`: all is well but the dates, which cannot be judged; anything else:
    /// not to be believed.
    ntp::ExchangeFailure fault{NtsFailure::none, {}};

    bool is_believed() const {
        return fault.failure == NtsFailure::none || fault.failure == NtsFailure::clock_wrong;
    }
};

/// Checks the chain in `store`, whose parameters name the host, at the moment `now`. Before
/// `built` the dates cannot be judged: all else is checked, and that nothing had expired by then.
CertificateReport judge_certificate(x509_store_ctx_st* store, WallTime now, WallTime built);

/// The same once more, after further trust anchors have come.
CertificateReport judge_again(x509_store_ctx_st* store, WallTime now, WallTime built);

}  // namespace clockwright::system
