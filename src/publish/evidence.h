/// What reports share: servers, happenings and changes of a period, as values and as sections.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "publish/document.h"
#include "time/source.h"
#include "watch/record.h"

namespace clockwright {

/// One server of the period, as its samples tell.
struct EvidenceSource {
    std::string name;
    std::string address;
    bool is_public = false;  ///< on the internet: it names a laboratory and proves nothing
    bool by_daemon = false;  ///< the clock followed it; else it was watched beside
    int polls = 0, answered = 0, authenticated = 0;
    std::optional<Seconds> half_delay, root_distance;  ///< medians
    std::optional<int> stratum = std::nullopt;         ///< the worst it told
    std::string operator_name = {};                    ///< by the catalogue; empty: not known
    Smear smear = Smear::unknown;                      ///< one that smears is up to 1 s off then
};

/// Grouped by name and address, in the order of names.
std::vector<EvidenceSource> sources_of(const std::vector<SampleRow>& samples);

/// A change of the daemon's configuration within the period.
struct EvidenceChange {
    WallTime at;
    std::string id, by, reason, outcome;
};

/// Each tells in a sentence when there is nothing.
Section sources_section(const std::vector<EvidenceSource>& sources);
Section happenings_section(const std::vector<EventRow>& events);
Section changes_section(const std::vector<EvidenceChange>& changes);

/// A remark when rows of a period that begins at `from` may be missing for their age only: raw rows
/// are kept from `kept` on. Empty: they are not.
std::string removed_remark(WallTime from, WallTime kept);

}  // namespace clockwright
