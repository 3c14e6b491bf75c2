#include "app/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/output.h"
#include "find/catalogue.h"
#include "ntp/budget.h"
#include "ntp/exchange_backoff.h"
#include "publish/scan_report.h"
#include "publish/table.h"
#include "store/memory.h"
#include "system/clock.h"
#include "system/scan_driver.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr Seconds near_spacing{0.25}, far_spacing{2}, packet_time_out{1.5};
constexpr int default_samples = 4;

bool from_stranger(const Candidate& candidate) {
    const Origin::Kind kind = candidate.source.origin.kind;
    return kind == Origin::Kind::catalogue || kind == Origin::Kind::pool;
}

/// An nts:// host keeps its name: its certificate is for that.
HostName asked_name(const Candidate& candidate) {
    HostName host = candidate.source.host;
    if (candidate.address && !host.nts) host.name = to_string(*candidate.address);
    return host;
}

std::vector<system::ProbeTarget> targets_of(const std::vector<Candidate>& candidates) {
    std::vector<system::ProbeTarget> targets;
    for (const Candidate& candidate : candidates) {
        targets.push_back({asked_name(candidate), from_stranger(candidate),
                           operator_spacing(candidate.source.operator_name), candidate.address});
    }
    return targets;
}

system::FamilyChoice family_of(const Command& command) {
    if (command.ipv4) return system::FamilyChoice::ipv4;
    return command.ipv6 ? system::FamilyChoice::ipv6 : system::FamilyChoice::any;
}

/// The first line of a scan: how many packets go where, before any does.
std::string announcement(int packets, const std::vector<Endpoint>& endpoints,
                         const Command& command) {
    if (endpoints.empty()) return "Will send no packet.\n";
    const auto is_public = [](const Endpoint& endpoint) { return endpoint.address.is_public(); };
    const auto strangers = std::ranges::count_if(endpoints, is_public);
    const Seconds wanted = command.spacing.value_or(near_spacing);
    const Seconds spacing = strangers > 0 ? std::max(wanted, far_spacing) : wanted;
    const Seconds took = (command.samples.value_or(default_samples) - 1) * spacing;
    std::string where = fmt::format(
        "all private. {}", command.internet || !command.hosts.empty()
                               ? ""
                               : "No internet source will be asked (--internet to allow).");
    if (strangers > 0) {
        where = fmt::format("{} of them public, each at most once an hour.", strangers);
    }
    return wrap(fmt::format("Will send {} packets in {} to {} address{}, {}", packets, spell(took),
                            endpoints.size(), endpoints.size() == 1 ? "" : "es", where),
                0);
}

system::ScanSettings scan_settings(const Command& command) {
    system::ScanSettings settings;
    settings.samples = command.samples.value_or(default_samples);
    settings.spacing = command.spacing;
    settings.time_out = packet_time_out;
    settings.family = family_of(command);
    settings.trust_files = command.ca;
    if (shows_progress(command)) {
        settings.progress = [&command](int finished, int total) {
            print_progress(command, fmt::format("{} of {} servers measured", finished, total));
        };
    }
    settings.announce = [&command](int packets, const std::vector<Endpoint>& endpoints) {
        if (!command.json && command.render.empty()) {
            print_remark(command, announcement(packets, endpoints, command));
        }
    };
    return settings;
}

/// The remembered series of an endpoint, moved to the present steady time.
Series moved_to(const store::RememberedSeries& old, const Now& now) {
    Series series = old.series;
    const auto age = now.wall - old.at;
    for (Sample& sample : series.samples)
        sample.at = now.steady - age + sample.at.time_since_epoch();
    return series;
}

store::RememberedSeries to_remember(const Endpoint& endpoint, Series series, bool nts,
                                    const Now& began) {
    for (Sample& sample : series.samples) sample.at = SteadyTime{} + (sample.at - began.steady);
    return {endpoint, began.wall, std::move(series), nts};
}

void take_remembered(Candidate& candidate, const store::Memory& memory, const Endpoint& endpoint,
                     const Now& now, Measured& measured) {
    const store::RememberedSeries* old =
        store::find_series(memory.series, endpoint, candidate.source.host.nts);
    if (old == nullptr) {
        candidate.not_asked = Rejection::time_out;
        candidate.not_asked_why = "asked less than an hour ago, and what it answered is not known";
        return;
    }
    candidate.series = moved_to(*old, now);
    measured.fresh = false;
}

/// Remembers the public series of this run and forgets those older than an hour.
void remember(store::Memory& memory, const std::vector<system::ProbeOutcome>& outcomes,
              const Now& began, const ntp::RateBudget& budget,
              const ntp::ExchangeBackoff& exchanges) {
    std::erase_if(memory.series, [&](const store::RememberedSeries& old) {
        return Seconds{began.wall - old.at} > ntp::Manners{}.series_rest;
    });
    for (const system::ProbeOutcome& outcome : outcomes) {
        if (!outcome.endpoint || !outcome.endpoint->address.is_public() || outcome.series.sent == 0)
            continue;
        const bool nts = outcome.nts.has_value();
        std::erase_if(memory.series, [&](const auto& old) {
            return old.endpoint == *outcome.endpoint && old.nts == nts;
        });
        memory.series.push_back(to_remember(*outcome.endpoint, outcome.series, nts, began));
    }
    memory.spent = budget.memory();
    memory.exchanges = exchanges.memory(system::read_clocks());
}

}  // namespace

Result<Measured> measure(std::vector<Candidate> candidates, const Config& config,
                         const Command& command) {
    Measured measured;
    std::string remark;
    store::Memory memory = store::load(config.state.directory, &remark);
    if (!remark.empty()) measured.notes.push_back("Memory of earlier scans: " + remark + ".");
    ntp::RateBudget budget({}, memory.spent);
    ntp::ExchangeBackoff exchanges(memory.exchanges);
    const Now began = system::read_clocks();
    const system::ScanSettings settings = scan_settings(command);
    auto outcomes = system::scan(targets_of(candidates), settings, budget, exchanges);
    clear_progress(command);
    if (!outcomes) return std::unexpected(outcomes.error());
    bool strangers = false;
    std::set<std::pair<Endpoint, bool>> counted;  // by NTS and without are two series
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const system::ProbeOutcome& outcome = (*outcomes)[i];
        Candidate& candidate = candidates[i];
        if (outcome.endpoint) candidate.address = outcome.endpoint->address;
        candidate.series = outcome.series;
        candidate.not_asked = outcome.not_asked;
        candidate.not_asked_why = outcome.why;
        candidate.nts = outcome.nts;
        if (outcome.reused) take_remembered(candidate, memory, *outcome.endpoint, began, measured);
        if (!outcome.endpoint ||
            !counted.emplace(*outcome.endpoint, outcome.nts.has_value()).second)
            continue;
        strangers = strangers || outcome.endpoint->address.is_public();
        if (!outcome.reused) measured.packets += outcome.series.sent;
    }
    if (strangers) {
        remember(memory, *outcomes, began, budget, exchanges);
        if (auto saved = store::save(config.state.directory, memory); !saved) {
            measured.notes.push_back(
                "What was sent cannot be remembered: " + saved.error().message + ".");
        }
    }
    measured.candidates = std::move(candidates);
    measured.samples = settings.samples;
    return measured;
}

Result<std::string> announce_only(const std::vector<Candidate>& candidates,
                                  const Command& command) {
    std::vector<HostName> names;
    for (const Candidate& candidate : candidates) names.push_back(asked_name(candidate));
    const auto resolved =
        TRY(system::resolve(names, family_of(command), system::ScanSettings{}.resolve_time_out));
    std::set<Endpoint> endpoints;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!resolved[i].addresses.empty())
            endpoints.insert({resolved[i].addresses.front(), names[i].port});
    }
    const int packets =
        static_cast<int>(endpoints.size()) * command.samples.value_or(default_samples);
    std::vector<std::string> addresses;
    for (const Endpoint& endpoint : endpoints) addresses.push_back(to_string(endpoint));
    if (command.json) return dry_run_json(packets, addresses);
    std::string text = announcement(packets, {endpoints.begin(), endpoints.end()}, command);
    for (const std::string& address : addresses) text += "  " + address + "\n";
    return text + "Nothing was sent.\n";
}

}  // namespace clockwright::app
