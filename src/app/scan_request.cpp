#include "app/scan_request.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/output.h"
#include "find/catalogue.h"
#include "publish/table.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr Seconds near_spacing{0.25}, far_spacing{2}, packet_time_out{1.5};
constexpr int default_samples = 4;

/// An nts:// host keeps its name: its certificate is for that. So does one whose known address is
/// of a family that is not asked: the name may have another.
HostName asked_name(const Candidate& candidate, system::FamilyChoice family) {
    HostName host = candidate.source.host;
    if (!candidate.address || host.nts) return host;
    if (host.name.empty() || system::suits(*candidate.address, family))
        host.name = to_string(*candidate.address);
    return host;
}

/// A blocked server is not asked.
std::string refusal(const BlockList& blocks, const system::ProbeTarget& target,
                    const IpAddress& address, WallTime now) {
    const Standing* standing = blocked(blocks, target.named, address, now);
    return standing == nullptr ? std::string{} : block_text(*standing);
}

}  // namespace

bool from_stranger(const Candidate& candidate) {
    const Origin::Kind kind = candidate.source.origin.kind;
    return kind == Origin::Kind::catalogue || kind == Origin::Kind::pool;
}

bool is_named_now(const Candidate& candidate) {
    return candidate.source.origin.kind == Origin::Kind::command_line;
}

system::ProbeTarget target_of(const Candidate& candidate, system::FamilyChoice family) {
    return {.host = asked_name(candidate, family),
            .from_stranger = from_stranger(candidate),
            .operator_spacing = operator_spacing(candidate.source.operator_name),
            .named = candidate.source.host,
            .asked_anyway = is_named_now(candidate)};
}

std::vector<system::ProbeTarget> targets_of(const std::vector<Candidate>& candidates,
                                            system::FamilyChoice family) {
    std::vector<system::ProbeTarget> targets;
    targets.reserve(candidates.size());
    for (const Candidate& candidate : candidates) targets.push_back(target_of(candidate, family));
    return targets;
}

system::FamilyChoice family_of(const Command& command) {
    if (command.ipv4) return system::FamilyChoice::ipv4;
    return command.ipv6 ? system::FamilyChoice::ipv6 : system::FamilyChoice::any;
}

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

system::ScanSettings scan_settings(const Command& command, const BlockList& blocks, WallTime now) {
    system::ScanSettings settings;
    settings.samples = command.samples.value_or(default_samples);
    settings.spacing = command.spacing;
    settings.time_out = packet_time_out;
    settings.family = family_of(command);
    settings.trust_files = command.ca;
    settings.refusal = [&blocks, now](const system::ProbeTarget& target, const IpAddress& address) {
        return refusal(blocks, target, address, now);
    };
    if (shows_progress(command)) {
        settings.progress = [&command](int finished, int total) {
            print_progress(command, fmt::format("{} of {} servers measured", finished, total));
        };
    }
    settings.announce = [&command](int packets, const std::vector<Endpoint>& endpoints) {
        if (!is_for_programs(command)) {
            print_remark(command, announcement(packets, endpoints, command));
        }
    };
    return settings;
}

}  // namespace clockwright::app
