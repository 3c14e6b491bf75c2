#include "app/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "app/known_servers.h"
#include "app/output.h"
#include "app/scan_memory.h"
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

bool has_answered(const Series& series) {
    return !series.samples.empty() || series.kiss != 0;
}

/// Whom the command line names is asked, blocked or not: the user is there and says so.
bool is_named_now(const Candidate& candidate) {
    return candidate.source.origin.kind == Origin::Kind::command_line;
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
                           operator_spacing(candidate.source.operator_name), candidate.source.host,
                           is_named_now(candidate)});
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

/// A blocked server is not asked.
std::string refusal(const BlockList& blocks, const system::ProbeTarget& target,
                    const IpAddress& address, WallTime now) {
    const Standing* standing = blocked(blocks, target.named, address, now);
    return standing == nullptr ? std::string{} : block_text(*standing);
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

void note_block(const Candidate& candidate, const BlockList& blocks, WallTime now,
                Measured& measured) {
    const Standing* standing = blocked(blocks, candidate.source.host, candidate.address, now);
    if (standing == nullptr) return;
    const BlockReason reason = standing->block->reason;
    if (is_named_now(candidate)) {
        measured.notes.push_back(fmt::format("{} is {}; it was asked because it was named.",
                                             printable(candidate.source.as_written),
                                             block_text(*standing)));
    } else if (reason == BlockReason::denied || reason == BlockReason::rate) {
        ++measured.silenced;
    }
}

/// What was known when the scan began.
struct Before {
    const BlockList& blocks;
    const ScanMemory& memory;
    const Now& began;
};

void take_outcomes(std::vector<Candidate>& candidates,
                   const std::vector<system::ProbeOutcome>& outcomes, const Before& before,
                   Measured& measured) {
    std::set<std::pair<Endpoint, bool>> counted;  // by NTS and without are two series
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const system::ProbeOutcome& outcome = outcomes[i];
        Candidate& candidate = candidates[i];
        if (outcome.endpoint) candidate.address = outcome.endpoint->address;
        candidate.series = outcome.series;
        candidate.not_asked = outcome.not_asked;
        candidate.not_asked_why = outcome.why;
        candidate.nts = outcome.nts;
        note_block(candidate, before.blocks, before.began.wall, measured);
        if (outcome.reused && before.memory.recall(candidate, *outcome.endpoint, before.began))
            measured.fresh = false;
        if (!outcome.endpoint ||
            !counted.emplace(*outcome.endpoint, outcome.nts.has_value()).second)
            continue;
        if (outcome.reused || outcome.shared || outcome.series.sent == 0) continue;
        measured.packets += outcome.series.sent;
        measured.asked.insert(*outcome.endpoint);
    }
}

/// What goes to one address, or why nothing does.
struct Destination {
    int packets = 0;
    std::string why_none;
};

std::string destinations_text(const std::map<Endpoint, Destination>& destinations) {
    std::string text;
    for (const auto& [endpoint, destination] : destinations) {
        text += destination.why_none.empty()
                    ? fmt::format("  {}  {} packets\n", to_string(endpoint), destination.packets)
                    : wrap(fmt::format("{} gets no packet: {}", to_string(endpoint),
                                       destination.why_none),
                           2);
    }
    return text;
}

}  // namespace

Result<Measured> measure(std::vector<Candidate> candidates, const Config& config,
                         const Command& command) {
    Measured measured;
    std::string block_remark;
    const BlockList blocks = TRY(known_blocks(config, &block_remark));
    if (!block_remark.empty()) measured.notes.push_back(block_remark);
    ScanMemory memory(config.state.directory);
    const Now began = system::read_clocks();
    system::ScanSettings settings = scan_settings(command);
    settings.refusal = [&](const system::ProbeTarget& target, const IpAddress& address) {
        return refusal(blocks, target, address, began.wall);
    };
    settings.before_strangers = [&memory] { memory.hold(); };
    settings.announce = [&, tell = settings.announce](int packets,
                                                      const std::vector<Endpoint>& endpoints) {
        memory.plan(endpoints, settings.samples, strangers_among(candidates));
        tell(packets, endpoints);
    };
    auto outcomes =
        system::scan(targets_of(candidates), settings, memory.budget(), memory.exchanges());
    clear_progress(command);
    if (!outcomes) {
        static_cast<void>(memory.keep({}, began));  // the error is told
        return std::unexpected(outcomes.error());
    }
    if (!memory.remark().empty())
        measured.notes.push_back("Memory of earlier scans: " + memory.remark() + ".");
    take_outcomes(candidates, *outcomes, {blocks, memory, began}, measured);
    if (std::ranges::none_of(candidates, [](const Candidate& candidate) {
            return from_stranger(candidate) && has_answered(candidate.series);
        })) {
        memory.nobody_answered();
    }
    if (auto kept = memory.keep(*outcomes, began); !kept) {
        measured.notes.push_back("What was sent cannot be remembered: " + kept.error().message +
                                 ".");
    }
    measured.candidates = std::move(candidates);
    measured.samples = settings.samples;
    return measured;
}

Result<std::string> announce_only(const std::vector<Candidate>& candidates, const Config& config,
                                  const Command& command) {
    const BlockList blocks = TRY(known_blocks(config));
    const ntp::RateBudget budget({}, store::load(config.state.directory, nullptr).spent);
    const auto targets = targets_of(candidates);
    std::vector<HostName> names;
    std::ranges::transform(targets, std::back_inserter(names), &system::ProbeTarget::host);
    const auto resolved =
        TRY(system::resolve(names, family_of(command), system::ScanSettings{}.resolve_time_out));
    const Now now = system::read_clocks();
    std::map<Endpoint, Destination> destinations;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (resolved[i].addresses.empty()) continue;
        const IpAddress& address = resolved[i].addresses.front();
        Destination destination{command.samples.value_or(default_samples), {}};
        if (!targets[i].asked_anyway)
            destination.why_none = refusal(blocks, targets[i], address, now.wall);
        if (destination.why_none.empty() && !budget.may_begin_series(address, now))
            destination.why_none = "asked within the hour; its samples of then are used";
        if (!destination.why_none.empty()) destination.packets = 0;
        const auto known = destinations.try_emplace({address, names[i].port}, destination).first;
        if (known->second.packets < destination.packets) known->second = destination;
    }
    int packets = 0;
    std::vector<Endpoint> asked;
    std::vector<DryRunRow> rows;
    for (const auto& [endpoint, destination] : destinations) {
        rows.push_back({to_string(endpoint), destination.packets, destination.why_none});
        packets += destination.packets;
        if (destination.packets > 0) asked.push_back(endpoint);
    }
    if (command.json) return dry_run_json(packets, rows);
    return announcement(packets, asked, command) + destinations_text(destinations) +
           "Nothing was sent.\n";
}

}  // namespace clockwright::app
