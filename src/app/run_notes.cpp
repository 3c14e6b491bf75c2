#include "app/run_notes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr std::size_t suspicious_names = 3;

/// Chosen servers that follow one upstream: they may be wrong together. Loopback refids say
/// nothing.
void tell_shared_upstreams(const Judged& judged, std::vector<std::string>& notes) {
    std::map<std::uint32_t, std::vector<std::string>> followers;
    for (const std::size_t member : judged.selection.ensemble.members) {
        const ServerStats& stats = *judged.selection.assessments[member].stats;
        if (stats.stratum < 2 || stats.refid >> 24U == 127 || stats.refid == 0) continue;
        followers[stats.refid].push_back(printable(judged.candidates[member].source.as_written));
    }
    for (const auto& [refid, names] : followers) {
        if (names.size() < 2) continue;
        notes.push_back(fmt::format("{} share upstream {}: they may be wrong together.",
                                    fmt::join(names, " and "), refid_text(refid, 2)));
    }
}

/// Different names that lead to one address: one machine with many names, or a name service that
/// lies.
void tell_shared_addresses(const Judged& judged, std::vector<std::string>& notes) {
    std::map<std::size_t, std::set<std::string>> names;
    for (const Twin& twin : judged.twins) {
        const std::string& name = twin.candidate.source.host.name;
        if (!name.empty() && !parse_address(name)) names[twin.of].insert(name);
    }
    for (auto& [of, others] : names) {
        const Candidate& first = judged.candidates[of];
        others.insert(first.source.host.name);
        if (others.size() < suspicious_names || !first.address) continue;
        notes.push_back(fmt::format(
            "{} names lead to {} ({}): one machine with many names, or a name service that lies.",
            others.size(), to_string(*first.address), fmt::join(others, ", ")));
    }
}

/// Mean of the least delays; empty without a measured one.
template <class Belongs>
std::optional<Seconds> mean_delay(const Judged& judged, Belongs belongs) {
    Seconds sum{};
    int count = 0;
    for (std::size_t i = 0; i < judged.candidates.size(); ++i) {
        const auto& stats = judged.selection.assessments[i].stats;
        if (!stats || !belongs(i)) continue;
        sum += stats->delay_min;
        ++count;
    }
    return count == 0 ? std::nullopt : std::optional(sum / count);
}

void tell_delays(const Judged& judged, std::vector<std::string>& notes) {
    const auto is_present = [&](std::size_t i) {
        return judged.candidates[i].membership != Membership::none;
    };
    const auto is_chosen = [&](std::size_t i) { return judged.selection.assessments[i].chosen; };
    bool differ = false;
    for (std::size_t i = 0; i < judged.candidates.size(); ++i)
        differ = differ || is_present(i) != is_chosen(i);
    const auto present = mean_delay(judged, is_present), chosen = mean_delay(judged, is_chosen);
    if (!differ || !present || !chosen) return;
    notes.push_back(fmt::format("Mean delay of the chosen set {}, of the present one {}.",
                                spell(*chosen), spell(*present)));
}

}  // namespace

std::vector<std::string> run_notes(const Judged& judged) {
    std::vector<std::string> notes;
    tell_shared_upstreams(judged, notes);
    tell_shared_addresses(judged, notes);
    tell_delays(judged, notes);
    return notes;
}

}  // namespace clockwright::app
