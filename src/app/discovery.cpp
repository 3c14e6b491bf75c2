#include "app/discovery.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "app/known_servers.h"
#include "find/catalogue.h"
#include "find/providers.h"
#include "find/zones.h"
#include "store/memory.h"
#include "system/clock.h"
#include "system/time_zone.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr std::size_t most_strangers = 40;  // addresses of a run (product.md, *Manners of a scan*)

bool is_known(const std::vector<Candidate>& candidates, const HostName& host) {
    const auto literal = parse_address(host.name);
    return std::ranges::any_of(candidates, [&](const Candidate& candidate) {
        const HostName& known = candidate.source.host;
        return known == host ||
               (literal && candidate.address == literal && known.port == host.port);
    });
}

void add(Gathered& gathered, Findings findings) {
    for (Source& source : findings.sources) {
        if (is_known(gathered.candidates, source.host)) continue;
        Candidate candidate;
        candidate.source = std::move(source);
        gathered.candidates.push_back(std::move(candidate));
    }
    std::ranges::move(findings.notes, std::back_inserter(gathered.notes));
}

/// May this one turn out to be a public address?
bool may_be_public(const Candidate& candidate) {
    const auto address =
        candidate.address ? candidate.address : parse_address(candidate.source.host.name);
    return !address || address->is_public();
}

std::size_t room_for_strangers(const std::vector<Candidate>& candidates) {
    const auto taken = static_cast<std::size_t>(std::ranges::count_if(candidates, may_be_public));
    return taken < most_strangers ? most_strangers - taken : 0;
}

/// By NTS or without: a stranger is asked once.
bool is_named(const std::vector<Candidate>& candidates, const HostName& host) {
    return std::ranges::any_of(candidates, [&](const Candidate& candidate) {
        return candidate.source.host.name == host.name;
    });
}

Candidate pool_member(const std::string& zone, const IpAddress& address) {
    Candidate candidate;
    candidate.source.host.name = candidate.source.as_written = zone;
    candidate.source.origin.kind = Origin::Kind::pool;
    candidate.source.is_pool = true;
    candidate.address = address;
    annotate(candidate.source);
    return candidate;
}

/// Those of the last search that are a pool's, by the addresses they had then.
std::vector<Candidate> pool_members(const std::vector<Searched>& asked) {
    std::vector<Candidate> members;
    for (const Searched& one : asked) {
        if (one.address) members.push_back(pool_member(one.host, *one.address));
    }
    return members;
}

/// Whom the user allowed is no stranger and stays.
void keep_asked(std::vector<Candidate>& servers, const std::vector<Searched>& asked) {
    std::erase_if(servers, [&](const Candidate& server) {
        return !server.source.permitted &&
               find_searched(asked, server.source.host.name, std::nullopt) == nullptr;
    });
}

std::string no_search_note(const Search& last, WallTime next) {
    return fmt::format(
        "The internet was searched for servers at {} and will not be again before {}: once a day "
        "is enough. Until then whom that search chose is asked, and whom you name.",
        rfc3339(last.at), rfc3339(next));
}

const Candidate* present_pool(const std::vector<Candidate>& candidates) {
    const auto found = std::ranges::find_if(candidates, [](const Candidate& candidate) {
        return candidate.source.kind == ServerKind::pool &&
               candidate.source.origin.kind != Origin::Kind::lease;
    });
    return found == candidates.end() ? nullptr : &*found;
}

/// Members of the nearest zone that is not thin; each is measured by its address, all are one line.
std::vector<Candidate> pool_candidates(const std::optional<Region>& region,
                                       const Surroundings& around,
                                       std::vector<std::string>& notes) {
    std::vector<HostName> names;
    for (const std::string& name : pool_names(region)) names.push_back(HostName{name});
    const auto resolved = around.resolve(names);
    if (!resolved) {
        notes.push_back("The pool is not asked: " + resolved.error().message + ".");
        return {};
    }
    std::vector<ZoneAnswer> answers;
    for (std::size_t i = 0; i < names.size(); ++i) {
        answers.push_back({names[i].name, (*resolved)[i].addresses});
    }
    const ZoneChoice choice = choose_zone(answers);
    if (!choice.passed.empty()) {
        notes.push_back(fmt::format("Pool zones: {}{}.", fmt::join(choice.passed, ", "),
                                    choice.name.empty() ? "" : "; " + choice.name + " is used"));
    }
    std::vector<Candidate> members;
    for (const IpAddress& address : choice.members) {
        members.push_back(pool_member(choice.name, address));
    }
    return members;
}

void name_those_to_be_told(const std::optional<Region>& region, std::vector<std::string>& notes) {
    std::vector<std::string> names;
    for (const CatalogueServer* server : to_be_told(region)) {
        if (names.size() < 5)
            names.push_back(fmt::format("{} ({})", server->host, server->operator_name));
    }
    if (names.empty()) return;
    notes.push_back(
        fmt::format("Not asked, for their operators want to be told first: {}. Ask the "
                    "operator, then name them in [candidates] hosts.",
                    fmt::join(names, ", ")));
}

void close(Candidate& candidate, std::string why) {
    candidate.selectable = false;
    candidate.why_not_selectable = std::move(why);
}

/// Why a server that nobody here chose must not be configured; empty when it may.
std::string why_not_uninvited(const Source& source) {
    if (const std::string vendor = vendor_of_pool_name(source.host.name); !vendor.empty()) {
        return fmt::format("the pool's zone of {} is for its own products only", vendor);
    }
    const CatalogueServer* known = find_in_catalogue(source.host.name);
    if (known == nullptr || known->open) return {};
    return known->notify ? "its operator wants to be told first: then name it in hosts"
                         : "its operator restricts who may use it";
}

}  // namespace

Surroundings surroundings_of(const Context& context, const Host* host) {
    using system::FamilyChoice;
    const FamilyChoice family = context.command.ipv4   ? FamilyChoice::ipv4
                                : context.command.ipv6 ? FamilyChoice::ipv6
                                                       : FamilyChoice::any;
    return {host, system::read_clocks().wall, system::time_zone(),
            [family](const std::vector<HostName>& names) {
                return system::resolve(names, family, system::ScanSettings{}.resolve_time_out);
            },
            store::load(context.config.state.directory, nullptr).search};
}

void add_discovered(Gathered& gathered, const DaemonView* view, const Surroundings& around) {
    if (around.host == nullptr) return;
    std::set<std::string> read_already;
    if (view != nullptr && view->config) {
        read_already.insert(view->config->files.begin(), view->config->files.end());
    }
    add(gathered, machine_sources(*around.host, around.now, read_already));
    add(gathered, platform_sources(platform_facts(*around.host)));
}

Result<void> add_internet(Gathered& gathered, const Config& config, const Surroundings& around) {
    const auto region = region_of(around.time_zone);
    const auto next = next_search(around.last_search, around.now);
    std::vector<Candidate> members;
    std::size_t room = room_for_strangers(gathered.candidates);
    if (const Candidate* pool = present_pool(gathered.candidates)) {
        gathered.notes.push_back(fmt::format("No zone of the pool is added: {} is there ({}).",
                                             printable(pool->source.as_written),
                                             printable(to_string(pool->source.origin))));
    } else if (next) {
        members = pool_members(still_asked(*around.last_search, around.now));
    } else if (around.resolve && room > 0) {
        members = pool_candidates(region, around, gathered.notes);
    }
    members.resize(std::min(members.size(), room));
    room -= members.size();
    std::vector<Candidate> servers = TRY(strangers(config, region, next ? SIZE_MAX : room));
    if (next) {
        keep_asked(servers, still_asked(*around.last_search, around.now));
        servers.resize(std::min(servers.size(), room));
    }
    for (Candidate& server : servers) {
        if (!is_named(gathered.candidates, server.source.host))
            gathered.candidates.push_back(std::move(server));
    }
    std::ranges::move(members, std::back_inserter(gathered.candidates));
    if (next)
        gathered.notes.push_back(no_search_note(*around.last_search, *next));
    else
        name_those_to_be_told(region, gathered.notes);
    return {};
}

void close_unfit(Gathered& gathered) {
    std::set<std::string> named;
    for (Candidate& candidate : gathered.candidates) {
        const Source& source = candidate.source;
        if (source.timescale == Timescale::ut1) {
            close(candidate, "serves UT1, not UTC");
            if (source.origin.kind == Origin::Kind::daemon &&
                named.insert(to_string(source.origin)).second) {
                gathered.notes.push_back(fmt::format(
                    "Hazard: {} ({}) serves UT1, which is up to 0.9 s from UTC: take it out.",
                    printable(source.as_written), printable(to_string(source.origin))));
            }
        } else if (source.origin.kind == Origin::Kind::lease && !source.permitted) {
            if (std::string why = why_not_uninvited(source); !why.empty()) {
                close(candidate, std::move(why));
            }
        }
    }
}

}  // namespace clockwright::app
