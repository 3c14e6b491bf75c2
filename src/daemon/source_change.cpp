#include "daemon/source_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "judge/consensus.h"
#include "time/spell.h"

namespace clockwright {

namespace {

/// Where the source answers plain NTP: its key exchange may have named another place.
void name_plainly(SourceLine& line, const Candidate& candidate) {
    const HostName& host = candidate.source.host;
    line.port = host.nts ? ntp_port : host.port;
    if (!candidate.nts) return;
    line.port = candidate.nts->port;
    if (const auto named = parse_host(candidate.nts->server)) line.name = named->name;
}

}  // namespace

std::string why_not_written(const SourceLine& line, const DaemonTraits& traits) {
    if (line.port == ntp_port || traits.ports || line.nts) return {};
    return fmt::format("{} asks port {} only, not {}", traits.program, ntp_port, line.port);
}

SourceLine line_for(const Candidate& candidate, const std::optional<ServerStats>& stats,
                    bool with_nts, const DaemonTraits& traits) {
    SourceLine line;
    const auto& host = candidate.source.host;
    line.type = candidate.source.is_pool && traits.pools ? SourceLine::Type::pool
                                                         : SourceLine::Type::server;
    line.name = host.name.empty() && candidate.address ? to_string(*candidate.address) : host.name;
    line.iburst = true;
    line.nts = with_nts && traits.nts && candidate.source.authentication == Authentication::nts;
    if (!line.nts)
        name_plainly(line, candidate);
    else if (host.nts && host.port != key_exchange_port)
        line.ntsport = host.port;
    const auto own = candidate.address && !candidate.address->is_public();
    if (own && stats && stats->delay_min < near_delay) {  // it may be asked every 16 s
        line.minpoll = 4;
        line.maxpoll = 6;
    } else if (candidate.source.permitted) {
        line.minpoll = 6;
        line.maxpoll = 6;
    } else if (traits.default_minpoll < 6) {  // rule E-1, where it is not the daemon's own
        line.minpoll = 6;
        line.maxpoll = 10;
    }
    return line;
}

namespace {

bool same_name(std::string_view a, std::string_view b) {
    return same_word(without_root_dot(a), without_root_dot(b));
}

/// What makes two lines the same source to us; options may differ.
bool same_source(const SourceLine& a, const SourceLine& b) {
    return same_name(a.name, b.name) && a.port == b.port && a.nts == b.nts;
}

bool contains(const std::vector<SourceLine>& lines, const SourceLine& line) {
    return std::ranges::any_of(lines, [&](const auto& known) { return same_source(known, line); });
}

/// As a user would write it.
std::string host_of(const SourceLine& line) {
    HostName host{.name = line.name, .port = line.port, .nts = line.nts};
    if (line.nts) host.port = static_cast<std::uint16_t>(line.ntsport.value_or(key_exchange_port));
    return to_string(host);
}

/// Addresses the daemon uses under this name, and the name itself when it is one.
std::set<IpAddress> addresses_of(const SourceLine& line, const DaemonState& state) {
    std::set<IpAddress> addresses;
    if (const auto literal = parse_address(line.name)) addresses.insert(*literal);
    for (const auto& source : state.sources)
        if (!source.refclock && source.address && same_word(source.name, line.name))
            addresses.insert(*source.address);
    return addresses;
}

/// The names of a line may differ from the candidate's; chronyd takes an address only once.
bool provides(const SourceLine& line, const Candidate& candidate, const DaemonState& state) {
    if (same_name(line.name, candidate.source.host.name)) return true;
    return candidate.address && addresses_of(line, state).contains(*candidate.address);
}

/// Only where it would have to be given back by command.
std::string why_not_taken(const SourceLine& line, const DaemonTraits& traits) {
    if (traits.reloads && !line.unknown_options.empty())
        return fmt::format("its option {} could not be given back without a restart",
                           printable(line.unknown_options.front()));
    return {};
}

std::vector<const Candidate*> chosen_of(std::span<const Candidate> candidates,
                                        const Selection& selection) {
    std::vector<const Candidate*> chosen;
    for (std::size_t i = 0; i < candidates.size(); ++i)
        if (selection.assessments[i].chosen) chosen.push_back(&candidates[i]);
    std::ranges::stable_sort(chosen, {}, [&](const auto* candidate) {
        const auto index = static_cast<std::size_t>(candidate - candidates.data());
        const auto& stats = selection.assessments[index].stats;
        return stats ? stats->expected_error : Seconds{1e9};
    });
    return chosen;
}

/// A pool stays one line; it asks for as many members as were chosen of it, so that the set keeps
/// its share (rule C-5: at most four).
void limit_pool(SourceLine& line, const std::vector<const Candidate*>& chosen) {
    if (line.type != SourceLine::Type::pool) return;
    constexpr std::ptrdiff_t most_members = 4;
    const auto members = std::ranges::count_if(chosen, [&](const auto* candidate) {
        return candidate->membership != Membership::foreign &&
               same_word(candidate->source.host.name, line.name);
    });
    line.maxsources = static_cast<int>(std::min(members, most_members));
}

std::optional<ServerStats> stats_of(const Candidate& candidate,
                                    std::span<const Candidate> candidates,
                                    const Selection& selection) {
    return selection.assessments[static_cast<std::size_t>(&candidate - candidates.data())].stats;
}

bool is_lease(const SourceLine& line) {
    return line.lease || line.file.starts_with("/run/");
}

/// Where takeover empties the list before ours it takes all of it, also what is wanted, or nothing:
/// a lease is not ours to drop.
void divide_lists(SourceChange& change, const std::vector<SourceLine>& foreign, bool takeover) {
    const auto lease = std::ranges::find_if(foreign, [](const auto& line) {
        return !line.fallback && !line.after_ours && is_lease(line);
    });
    for (const auto& line : foreign) {
        if (line.fallback)
            change.yielding.push_back(line);
        else if (takeover && !line.after_ours && lease == foreign.end())
            change.taken.push_back(line);
        else
            change.staying.push_back(line);
    }
    if (takeover && lease != foreign.end())
        change.notes.push_back(
            fmt::format("nothing is taken over: the list can be emptied only as a whole, and {} is "
                        "a lease",
                        printable(lease->location())));
}

/// Divides the foreign lines into those that stay and those that are taken over.
void divide_foreign(SourceChange& change, const std::vector<SourceLine>& foreign,
                    const std::vector<const Candidate*>& chosen, const Found& found,
                    bool takeover) {
    if (traits_of(found.config.kind).resets) return divide_lists(change, foreign, takeover);
    for (const auto& line : foreign) {
        const auto wanted = std::ranges::any_of(
            chosen, [&](const auto* candidate) { return provides(line, *candidate, found.state); });
        if (line.fallback) {
            change.yielding.push_back(line);
        } else if (!takeover || wanted || is_lease(line)) {
            change.staying.push_back(line);
        } else if (const auto why = why_not_taken(line, traits_of(found.config.kind));
                   !why.empty()) {
            change.staying.push_back(line);
            change.notes.push_back(
                fmt::format("{} is not taken over: {}", printable(line.location()), why));
        } else {
            change.taken.push_back(line);
        }
    }
}

/// The user blocked it, or a rule does not let it stay: that it goes is nobody's failure.
bool may_go(const SourceLine& line, std::span<const Candidate> candidates,
            const DaemonState& state) {
    return std::ranges::any_of(candidates, [&](const Candidate& it) {
        const bool ruled_out = !it.selectable && !it.why_not_selectable.empty();
        return it.written == Authentication::nts && provides(line, it, state) &&
               (it.blocked_by_user || ruled_out);
    });
}

/// Rule A-2: the NTS sources that would go where plain ones are left, and too few of their kind to
/// keep each other in check.
std::vector<std::string> unsecured_by(const SourceChange& change, const Found& found,
                                      std::span<const Candidate> candidates, NtsPolicy policy) {
    if (policy == NtsPolicy::off) return {};
    const auto after = lines_after(change);
    const auto left = std::ranges::count(after, true, &SourceLine::nts);
    auto there = std::ranges::count(found.config.sources, true, &SourceLine::nts);
    std::vector<std::string> gone;
    for (const auto* lines : {&change.removed, &change.taken})
        for (const auto& line : *lines) {
            if (!line.nts || contains(change.wanted, line)) continue;
            if (may_go(line, candidates, found.state))
                --there;
            else
                gone.push_back(host_of(line));
        }
    const bool all_secure = left == std::ssize(after);
    return all_secure || left >= std::min<std::ptrdiff_t>(enough_nts_sources, there)
               ? std::vector<std::string>{}
               : gone;
}

void sort_hosts(SourceChange& change) {
    for (auto* hosts : {&change.add, &change.remove, &change.keep}) {
        std::ranges::sort(*hosts);
        const auto repeated = std::ranges::unique(*hosts);
        hosts->erase(repeated.begin(), repeated.end());
    }
}

}  // namespace

bool names(const std::vector<SourceLine>& lines, const std::string& name) {
    return std::ranges::any_of(lines, [&](const auto& line) { return same_word(line.name, name); });
}

bool is_reloaded(const SourceLine& line) {
    return line.file.ends_with(".sources");
}

std::vector<SourceLine> own_lines(const Found& found) {
    std::vector<SourceLine> lines;
    for (const auto& line : found.config.sources)
        if (line.ours) lines.push_back(line);
    return lines;
}

std::vector<SourceLine> foreign_lines(const Found& found) {
    std::vector<SourceLine> lines;
    for (const auto& line : found.config.sources)
        if (!line.ours) lines.push_back(line);
    return lines;
}

std::vector<SourceLine> lines_after(const SourceChange& change) {
    auto lines = change.staying;
    std::ranges::copy(change.kept, std::back_inserter(lines));
    std::ranges::copy(change.added, std::back_inserter(lines));
    return lines;
}

SourceChange decide_change(const Found& found, std::span<const Candidate> candidates,
                           const Selection& selection, const PlanSettings& settings) {
    const auto own = own_lines(found);
    const auto chosen = chosen_of(candidates, selection);
    SourceChange change;
    divide_foreign(change, foreign_lines(found), chosen, found, settings.takeover);
    change.nts = choose_nts(candidates, selection.ensemble.members, settings.nts,
                            traits_of(found.config.kind).nts);
    if (!change.nts.decision.empty()) change.notes.push_back(change.nts.decision);

    std::set<IpAddress> used;
    for (const auto* candidate : chosen) {
        const auto provides_it = [&](const auto& line) {
            return provides(line, *candidate, found.state);
        };
        const auto taken = std::ranges::any_of(change.taken, provides_it);
        if (candidate->membership == Membership::foreign && !taken) continue;
        const auto provider = std::ranges::find_if(change.staying, provides_it);
        if (provider != change.staying.end()) {
            change.notes.push_back(fmt::format("{} is not added: {} provides it already",
                                               printable(candidate->source.as_written),
                                               printable(provider->location())));
            continue;
        }
        const auto& traits = traits_of(found.config.kind);
        auto line = line_for(*candidate, stats_of(*candidate, candidates, selection),
                             is_written_with_nts(*candidate, change.nts, settings.nts), traits);
        if (const auto why = why_not_written(line, traits); !why.empty()) {
            change.notes.push_back(
                fmt::format("{} is left out: {}", printable(candidate->source.as_written), why));
            continue;
        }
        limit_pool(line, chosen);
        if (contains(change.added, line) || contains(change.kept, line)) continue;
        if (candidate->address && !used.insert(*candidate->address).second) continue;
        const auto present =
            std::ranges::find_if(own, [&](const auto& known) { return same_source(known, line); });
        if (present != own.end()) {
            change.kept.push_back(*present);
            change.wanted.push_back(*present);
            change.keep.push_back(host_of(*present));
        } else {
            change.added.push_back(line);
            change.wanted.push_back(line);
            (taken ? change.keep : change.add).push_back(candidate->source.as_written);
        }
    }
    for (const auto& line : own) {
        if (contains(change.kept, line)) continue;
        change.removed.push_back(line);
        change.remove.push_back(host_of(line));
    }
    for (const auto& line : change.taken)
        if (!contains(change.wanted, line)) change.remove.push_back(host_of(line));
    if (!change.added.empty())
        for (const auto& line : change.yielding) change.remove.push_back(host_of(line));
    for (const auto& line : change.staying) change.keep.push_back(host_of(line));
    change.unsecured = unsecured_by(change, found, candidates, settings.nts);
    sort_hosts(change);
    return change;
}

}  // namespace clockwright
