#include "find/platform.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "find/catalogue.h"
#include "time/spell.h"

namespace clockwright {
namespace {

struct PlatformServer {
    std::string_view platform, host, smear;
};

struct PlatformClock {
    std::string_view platform, device, smear, notes;
};

#define ROW_PLATFORM_NTP(platform, host, smear) PlatformServer{platform, host, smear},
constexpr PlatformServer servers[] = {
#include "catalogue_rows.inc"
};

#define ROW_PLATFORM_CLOCK(platform, device, smear, notes) \
    PlatformClock{platform, device, smear, notes},
constexpr PlatformClock clocks[] = {
#include "catalogue_rows.inc"
};

constexpr std::string_view aws = "AWS EC2", google = "Google Compute Engine",
                           hyperv = "Azure / Hyper-V", kvm = "KVM";

/// Whose clock this is, by the name its driver gives it; empty: a network card's, or unknown.
std::string_view platform_of(const HardwareClock& clock) {
    if (clock.name.starts_with("ena-ptp")) return aws;
    if (clock.name == "hyperv") return hyperv;
    return clock.name == "KVM virtual PTP" ? kvm : std::string_view{};
}

bool has_clock_of(const PlatformFacts& facts, std::string_view platform) {
    return std::ranges::any_of(
        facts.clocks, [&](const HardwareClock& clock) { return platform_of(clock) == platform; });
}

std::string_view recognise(const PlatformFacts& facts) {
    constexpr std::string_view amazon = "Amazon EC2";
    if (facts.sys_vendor == amazon || facts.board_vendor == amazon || facts.bios_vendor == amazon ||
        facts.chassis_asset_tag == amazon) {
        return aws;
    }
    if (facts.product_name == google) return google;
    if (facts.sys_vendor == "Microsoft Corporation" && facts.product_name == "Virtual Machine") {
        return hyperv;
    }
    return has_clock_of(facts, kvm) ? kvm : std::string_view{};
}

Source source_of(const PlatformServer& server, std::string_view operator_name) {
    Source source;
    source.host.name = source.as_written = server.host;
    source.origin = {Origin::Kind::platform, {}, 0};
    source.operator_name = operator_name;
    source.smear = parse_smear(server.smear);
    if (source.smear != Smear::none && source.smear != Smear::unknown) {
        source.timescale = Timescale::smeared;
    }
    annotate(source);
    return source;
}

/// The company behind a platform, as the catalogue calls it for its public servers.
std::string_view operator_of(std::string_view platform) {
    if (platform == aws) return "Amazon";
    return platform == google ? "Google" : platform;
}

const PlatformServer* smearing_server(std::string_view platform) {
    const auto* found = std::ranges::find_if(servers, [&](const PlatformServer& server) {
        return server.platform == platform && server.smear != "none" && server.smear != "unknown";
    });
    return found == std::end(servers) ? nullptr : found;
}

std::string clock_note(const HardwareClock& clock, const PlatformClock& known) {
    std::string text =
        fmt::format("{} ({}) is a hardware clock of {}, no NTP server: {}", printable(clock.device),
                    printable(clock.name), known.platform, known.notes);
    const PlatformServer* server = smearing_server(known.platform);
    if (server != nullptr && known.smear == "none") {
        text += fmt::format("; {} smears leap seconds: up to 0.5 s apart then", server->host);
    }
    return text + ".";
}

}  // namespace

std::string platform_name(const PlatformFacts& facts) {
    return std::string(recognise(facts));
}

Findings platform_sources(const PlatformFacts& facts) {
    Findings findings;
    const std::string_view platform = recognise(facts);
    for (const PlatformServer& server : servers) {
        if (server.platform == platform) {
            findings.sources.push_back(source_of(server, operator_of(platform)));
        }
    }
    for (const HardwareClock& clock : facts.clocks) {
        const auto* known = std::ranges::find_if(
            clocks, [&](const PlatformClock& it) { return it.platform == platform_of(clock); });
        if (known != std::end(clocks)) findings.notes.push_back(clock_note(clock, *known));
    }
    return findings;
}

}  // namespace clockwright
