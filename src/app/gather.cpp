#include "app/gather.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "app/known_servers.h"
#include "find/catalogue.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

Candidate candidate_for(const HostName& host, std::string as_written, Origin origin) {
    Candidate candidate;
    candidate.source.host = host;
    candidate.source.as_written = std::move(as_written);
    candidate.source.origin = std::move(origin);
    if (host.nts) candidate.source.authentication = Authentication::nts;
    annotate(candidate.source);
    return candidate;
}

bool is_same_server(const Candidate& a, const HostName& host) {
    return a.source.host == host;
}

bool has_address(const std::vector<Candidate>& candidates, const IpAddress& address) {
    return std::ranges::any_of(
        candidates, [&](const Candidate& candidate) { return candidate.address == address; });
}

/// One candidate for each address that the daemon lists under the line's name; by name when it
/// lists none (unresolved, or the daemon is down).
void add_daemon_line(const SourceLine& line, const DaemonView& view,
                     std::vector<Candidate>& candidates) {
    // chrony takes names that our grammar does not: asked by their address, or not at all.
    HostName named = parse_host(without_root_dot(line.name)).value_or(HostName{});
    named.nts = line.nts;
    named.port =
        line.nts ? static_cast<std::uint16_t>(line.ntsport.value_or(key_exchange_port)) : line.port;
    HostName written = named;
    written.name = line.name;
    Candidate candidate =
        candidate_for(named, to_string(written), {Origin::Kind::daemon, line.file, line.line});
    candidate.written = line.nts ? Authentication::nts : Authentication::none;
    candidate.source.is_pool = line.type == SourceLine::Type::pool;
    // What is used only for want of better is free to go.
    candidate.membership = line.ours || line.fallback ? Membership::ours : Membership::foreign;
    if (line.noselect) {
        candidate.membership = Membership::none;
        candidate.selectable = false;
    }
    bool listed = false;
    if (view.state) {
        for (const DaemonSource& source : view.state->sources) {
            const bool member = candidate.source.is_pool && source.of_pool;
            if (source.refclock || !source.address || (source.name != line.name && !member))
                continue;
            if (member && has_address(candidates, *source.address)) continue;
            candidate.address = source.address;
            candidates.push_back(candidate);
            listed = true;
        }
    }
    if (!listed) candidates.push_back(candidate);
}

/// Sources that only the running daemon knows, so foreign: somebody added them by a command, or a
/// lease. Its built-in ones go by themselves.
void add_unwritten(const DaemonView& view, std::vector<Candidate>& candidates) {
    for (const DaemonSource& source : view.state->sources) {
        if (source.refclock || !source.address || has_address(candidates, *source.address))
            continue;
        HostName host = parse_host(without_root_dot(source.name)).value_or(HostName{});
        // What port its keys come from, the daemon does not tell.
        const bool by_nts = source.authentication == Authentication::nts && !host.name.empty();
        if (by_nts) host = {.name = host.name, .port = key_exchange_port, .nts = true};
        Candidate candidate = candidate_for(host, by_nts ? to_string(host) : source.name,
                                            {Origin::Kind::daemon, {}, 0});
        candidate.address = source.address;
        candidate.membership = source.fallback ? Membership::ours : Membership::foreign;
        candidates.push_back(candidate);
    }
}

void add_hosts(const Config& config, const std::vector<HostName>& hosts,
               std::vector<Candidate>& candidates) {
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        const HostName& host = hosts[i];
        const auto known = std::ranges::find_if(candidates, [&](const Candidate& candidate) {
            return is_same_server(candidate, host);
        });
        if (known != candidates.end()) {
            known->source.permitted = true;
            continue;
        }
        candidates.push_back(
            candidate_for(host, config.candidates.hosts[i], {Origin::Kind::hosts, {}, 0}));
        candidates.back().source.permitted = true;
    }
}

void keep_allowed(const Config& config, std::vector<Candidate>& candidates) {
    if (config.candidates.allow.empty()) return;
    std::erase_if(candidates, [&](const Candidate& candidate) {
        return candidate.source.origin.kind != Origin::Kind::daemon &&
               std::ranges::find(config.candidates.allow, candidate.source.as_written) ==
                   config.candidates.allow.end();
    });
}

}  // namespace

Result<std::vector<Candidate>> gather_given(const std::vector<std::string>& hosts) {
    std::vector<Candidate> candidates;
    candidates.reserve(hosts.size());
    std::unordered_set<std::string> known;
    for (const std::string& text : hosts) {
        const HostName host = TRY(parse_host(text));
        if (!known.insert(to_string(host)).second) continue;
        candidates.push_back(candidate_for(host, text, {Origin::Kind::command_line, {}, 0}));
        candidates.back().source.permitted = true;
    }
    return candidates;
}

Result<Gathered> gather_known(const Config& config, const DaemonView* view,
                              const Surroundings& around) {
    std::vector<HostName> hosts;
    for (const std::string& text : config.candidates.hosts) hosts.push_back(TRY(parse_host(text)));
    Gathered gathered;
    std::vector<Candidate>& candidates = gathered.candidates;
    if (view != nullptr && view->config) {
        for (const SourceLine& line : view->config->sources) {
            add_daemon_line(line, *view, candidates);
        }
    }
    if (view != nullptr && view->state) add_unwritten(*view, candidates);
    if (config.candidates.discover) add_discovered(gathered, view, around);
    add_hosts(config, hosts, candidates);
    for (const std::string& text : config.candidates.allow) {
        const HostName host = TRY(parse_host(text));
        const bool known = std::ranges::any_of(candidates, [&](const Candidate& candidate) {
            return is_same_server(candidate, host);
        });
        if (!known) candidates.push_back(candidate_for(host, text, {Origin::Kind::hosts, {}, 0}));
    }
    if (config.candidates.internet) TRY(add_internet(gathered, config, around));
    keep_allowed(config, candidates);
    close_unfit(gathered);
    return gathered;
}

}  // namespace clockwright::app
