/// What a series of protected packets says of NTS: authentic, or why nothing was (rule A-8).
#pragma once

#include "ntp/nts_session.h"
#include "time/address.h"
#include "time/nts.h"
#include "time/series.h"

namespace clockwright::ntp {

/// Adds to the report of the key exchange how the packets to `asked` fared.
void complete_report(NtsReport& report, const NtsSession& session, const Series& series,
                     const Endpoint& asked);

}  // namespace clockwright::ntp
