#include "app/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "app/output.h"
#include "app/scan_memory.h"
#include "store/memory.h"
#include "system/path_probe.h"
#include "system/scan_driver.h"

namespace clockwright::app {
namespace {

constexpr std::size_t silent_at_most = 3, answering_at_most = 3;
constexpr Seconds packet_time_out{1.5};

bool was_asked(const Candidate& candidate) {
    return candidate.address && !candidate.not_asked && candidate.series.sent > 0;
}

/// A few that are silent and a few that answer, by their places among the candidates.
std::vector<std::size_t> choose(const std::vector<Candidate>& candidates) {
    std::vector<std::size_t> chosen;
    std::size_t silent = 0, answering = 0;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (!was_asked(candidates[i])) continue;
        std::size_t& count = candidates[i].series.samples.empty() ? silent : answering;
        const std::size_t most =
            candidates[i].series.samples.empty() ? silent_at_most : answering_at_most;
        if (count >= most) continue;
        ++count;
        chosen.push_back(i);
    }
    return chosen;
}

/// The address of the other family, where a name has both.
std::vector<std::optional<IpAddress>> other_families(const std::vector<Candidate>& candidates,
                                                     const std::vector<std::size_t>& chosen,
                                                     const Command& command) {
    std::vector<std::optional<IpAddress>> others(chosen.size());
    if (command.ipv4 || command.ipv6) return others;
    std::vector<HostName> names;
    for (const std::size_t i : chosen) names.push_back(candidates[i].source.host);
    const auto resolved =
        system::resolve(names, system::FamilyChoice::any, system::ScanSettings{}.resolve_time_out);
    if (!resolved) return others;
    for (std::size_t k = 0; k < chosen.size(); ++k) {
        const Family mine = candidates[chosen[k]].address->family;
        const auto found =
            std::ranges::find_if((*resolved)[k].addresses, [&](const IpAddress& address) {
                return address.family != mine && !address.is_multicast() &&
                       address.is_public() == candidates[chosen[k]].address->is_public();
            });
        if (found != (*resolved)[k].addresses.end()) others[k] = *found;
    }
    return others;
}

std::uint16_t ntp_port(const Candidate& candidate) {
    if (candidate.nts) return candidate.nts->port;
    return candidate.source.host.nts ? clockwright::ntp_port : candidate.source.host.port;
}

}  // namespace

int most_diagnosis_packets(std::size_t asked) {
    constexpr int packets_each = 4;  // system::probe_paths
    return packets_each * static_cast<int>(std::min(asked, silent_at_most + answering_at_most));
}

Result<void> diagnose_paths(ScanReport& report, const Context& context) {
    const auto answered = std::ranges::any_of(
        report.rows, [](const ScanRow& row) { return !row.candidate.series.samples.empty(); });
    if (answered && !context.command.diagnose) return {};
    // A server under two names is one: it cannot agree with itself.
    std::vector<Candidate> candidates;
    std::set<std::tuple<IpAddress, std::uint16_t, bool>> known;
    for (const ScanRow& row : report.rows) {
        const Candidate& it = row.candidate;
        if (it.address && !known.emplace(*it.address, ntp_port(it), it.source.host.nts).second)
            continue;
        candidates.push_back(it);
    }
    if (!context.command.diagnose) {
        if (auto found = diagnose(candidates, {}); !found.empty())
            report.findings = std::move(found);
        return {};
    }
    const auto chosen = choose(candidates);
    const auto others = other_families(candidates, chosen, context.command);
    std::vector<system::PathTarget> targets;
    for (std::size_t k = 0; k < chosen.size(); ++k) {
        const Candidate& candidate = candidates[chosen[k]];
        targets.push_back({{*candidate.address, ntp_port(candidate)}, others[k]});
    }
    if (shows_progress(context.command))
        print_progress(context.command,
                       fmt::format("trying the way to {} servers", targets.size()));
    const store::Memory memory = store::load(context.config.state.directory, nullptr);
    ntp::RateBudget budget({}, memory.spent);
    auto tried = system::probe_paths(targets, packet_time_out, budget);
    clear_progress(context.command);
    if (std::ranges::any_of(targets,
                            [](const auto& it) { return it.endpoint.address.is_public(); }))
        if (auto saved = remember_spent(context.config.state.directory, memory, budget); !saved)
            report.notes.push_back("What was sent cannot be remembered: " + saved.error().message +
                                   ".");
    if (!tried) return std::unexpected(tried.error());

    std::vector<PathProbes> probes(candidates.size());
    for (std::size_t k = 0; k < chosen.size(); ++k) probes[chosen[k]] = tried->probes[k];
    report.findings = diagnose(candidates, probes);
    for (const std::string& note : tried->notes) report.notes.push_back(note + ".");
    return {};
}

}  // namespace clockwright::app
