#include "app/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "app/output.h"
#include "app/scan_memory.h"
#include "ntp/kiss.h"
#include "store/memory.h"
#include "system/clock.h"
#include "system/path_probe.h"
#include "system/scan_driver.h"

namespace clockwright::app {
namespace {

constexpr std::size_t silent_at_most = 3, answering_at_most = 3;
constexpr Seconds packet_time_out{1.5};
constexpr int packets_to_one = 3;  // system::probe_paths: and one to the other family

bool was_asked(const Candidate& candidate) {
    return candidate.address && !candidate.not_asked && candidate.series.sent > 0;
}

/// It just said that we ask too often, or must not ask (rule E-3).
bool has_sent_away(const Candidate& candidate) {
    return ntp::duty_of(candidate.series.kiss) != ntp::KissDuty::no_time;
}

/// A few that are silent and a few that answer, by their places among the candidates. Where one has
/// sent us away, none at its address is asked.
std::vector<std::size_t> choose(const std::vector<Candidate>& candidates) {
    std::set<IpAddress> closed;
    for (const Candidate& candidate : candidates)
        if (candidate.address && has_sent_away(candidate)) closed.insert(*candidate.address);
    std::vector<std::size_t> chosen;
    std::size_t silent = 0, answering = 0;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (!was_asked(candidates[i]) || closed.contains(*candidates[i].address)) continue;
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

/// What was sent to strangers before, and what is about to be sent to these: written as sent.
struct Reserved {
    ntp::RateBudget budget;  ///< that knows of none of it yet
    store::Memory memory;
};

Result<Reserved> reserve(const std::vector<system::PathTarget>& targets,
                         const std::string& state_directory) {
    auto held = TRY(store::take_memory(state_directory));
    const ntp::RateBudget budget({}, held.memory.spent);
    ntp::RateBudget planned = budget;
    const Now now = system::read_clocks();
    for (const system::PathTarget& target : targets) {
        for (int i = 0; i < packets_to_one; ++i) planned.spend(target.endpoint.address, now);
        if (target.other_family) planned.spend(*target.other_family, now);
    }
    held.memory.spent = planned.memory();
    TRY(store::save(state_directory, held.memory));
    return Reserved{budget, store::load(state_directory, nullptr)};
}

bool is_public(const system::PathTarget& target) {
    return target.endpoint.address.is_public();
}

}  // namespace

int most_diagnosis_packets(std::size_t asked) {
    return (packets_to_one + 1) *
           static_cast<int>(std::min(asked, silent_at_most + answering_at_most));
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
        if (it.address && !known.emplace(*it.address, asked_port(it), it.source.host.nts).second)
            continue;
        candidates.push_back(it);
    }
    if (!context.command.diagnose) {
        if (auto found = diagnose(candidates, {}); !found.empty())
            report.findings = std::move(found);
        return {};
    }
    auto chosen = choose(candidates);
    const auto others = other_families(candidates, chosen, context.command);
    std::vector<system::PathTarget> targets;
    for (std::size_t k = 0; k < chosen.size(); ++k) {
        const Candidate& candidate = candidates[chosen[k]];
        targets.push_back({{*candidate.address, asked_port(candidate)}, others[k]});
    }
    if (shows_progress(context.command))
        print_progress(context.command,
                       fmt::format("trying the way to {} servers", targets.size()));
    const std::string& state = context.config.state.directory;
    Reserved reserved;
    if (std::ranges::any_of(targets, is_public)) {
        auto written = reserve(targets, state);
        if (written) {
            reserved = std::move(*written);
        } else {
            report.notes.push_back("The way to public servers was not tried: " +
                                   why_no_strangers(written.error()) + ".");
            std::erase_if(targets, is_public);
            std::erase_if(chosen,
                          [&](std::size_t i) { return candidates[i].address->is_public(); });
        }
    }
    auto tried = system::probe_paths(targets, packet_time_out, reserved.budget);
    clear_progress(context.command);
    if (std::ranges::any_of(targets, is_public))
        if (auto saved = remember_spent(state, reserved.memory, reserved.budget); !saved)
            report.notes.push_back("What was sent cannot be remembered: " + saved.error().message +
                                   ".");
    if (!tried) return std::unexpected(tried.error());

    std::vector<PathProbes> probes(candidates.size());
    for (std::size_t k = 0; k < targets.size(); ++k) probes[chosen[k]] = tried->probes[k];
    report.findings = diagnose(candidates, probes);
    for (const std::string& note : tried->notes) report.notes.push_back(note + ".");
    return {};
}

}  // namespace clockwright::app
