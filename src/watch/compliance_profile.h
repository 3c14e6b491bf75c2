/// Regimes that set a limit to a clock's error, as data: files of TOML (data/profiles).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "result.h"
#include "time/units.h"

namespace clockwright {

/// One limit of a regime: for whom, how much.
struct ComplianceLimit {
    std::string name;              ///< "100us"
    std::string who;               ///< whose clocks
    std::optional<Seconds> limit;  ///< greatest divergence from UTC; empty: there is no number
    std::string granularity;       ///< of time stamps; what the record of a clock cannot show
    /// How its numbers are known: "read" in the regime's own text, "second-hand", "own".
    std::string mark;

    /// What a bound is held against: without a number, a second.
    Seconds held() const { return limit.value_or(Seconds{1}); }
};

struct ComplianceProfile {
    std::string name, title, jurisdiction, version;
    std::optional<WallTime> valid_from, valid_to;  ///< from ≤ t < to
    std::string retention, evidence, source;
    std::vector<ComplianceLimit> limits;  ///< one at least
};

/// Every fault at once, with file, line and key: an unknown key is one. Fault::bad_input.
Result<ComplianceProfile> parse_compliance_profile(const std::string& file, std::string_view toml);

/// Those that are built in, by name.
const std::vector<ComplianceProfile>& compliance_profiles();

}  // namespace clockwright
