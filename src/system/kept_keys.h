/// Keys of NTS that outlive a scan, for the next scan of the same servers.
#pragma once

#include <map>
#include <string>

#include "ntp/nts_keys.h"
#include "ntp/nts_session.h"
#include "time/address.h"
#include "time/host_name.h"
#include "time/nts.h"

namespace clockwright::system {

/// Who asks the same server every minute exchanges keys once: each authentic answer brings the
/// cookie of the next question.
class KeptKeys {
  public:
    struct Kept {
        ntp::NtsKeys keys;
        Endpoint at;       ///< where NTP is asked
        NtsReport report;  ///< of the exchange
        int failures = 0;  ///< scans on end in which nothing was authentic
    };

    /// Null: an exchange is due. So it is once the certificate has ended, or when its dates were
    /// not checked because the clock was wrong, and the clock is right now (rule A-4).
    const Kept* of(const HostName& host) const;

    void keep(const HostName& host, Kept kept);

    /// What one scan left of them. Let go when the server cannot read its cookies any more, when no
    /// cookie is left, or after three scans without an authentic answer.
    void used(const HostName& host, const ntp::NtsSession& session);

  private:
    std::map<std::string, Kept> kept_;  ///< by the host as written
};

}  // namespace clockwright::system
