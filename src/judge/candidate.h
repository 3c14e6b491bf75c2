/// A source at one moment, as judgement needs it; and the verdicts it may get.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "time/address.h"
#include "time/nts.h"
#include "time/series.h"
#include "time/source.h"

namespace clockwright {

/// What a source is to the daemon now. Foreign ones stay whatever we choose.
enum class Membership : std::uint8_t { none, ours, foreign };

struct Candidate {
    Source source;
    std::optional<IpAddress> address;  ///< the one measured
    Membership membership = Membership::none;
    /// How the daemon's line has it now; empty without a line.
    std::optional<Authentication> written;
    bool selectable = true;          ///< false: `noselect`, or a host that may be measured only
    std::string why_not_selectable;  ///< one clause; empty: nothing but `noselect`
    Series series;
    std::optional<NtsReport> nts;  ///< what its key exchange told; empty: NTS was not asked for
    /// Why it could not be asked at all (unresolved, forbidden address, blocked), with words:
    /// `unreachable` whatever the rejection, for nothing was heard from it.
    std::optional<Rejection> not_asked;
    std::string not_asked_why;
    bool blocked_by_user = false;  ///< a person said that it must not be asked: it may go
};

/// Where it is asked for time: of an nts:// host what its key exchange named.
std::uint16_t asked_port(const Candidate& candidate);

/// In the order of product.md; all but the first six are "judged".
enum class Verdict : std::uint8_t {
    unreachable,
    denied,
    unsynchronised,
    malformed,
    too_distant,
    too_jittery,
    falseticker,
    outlier,
    truechimer,
    system_peer
};

std::string_view to_string(Verdict verdict);  ///< "unreachable", …, "system_peer"
inline bool is_judged(Verdict verdict) {
    return verdict >= Verdict::falseticker;
}
inline bool is_truechimer(Verdict verdict) {
    return verdict >= Verdict::truechimer;
}

}  // namespace clockwright
