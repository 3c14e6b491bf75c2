// What is known of configured sources: source_traits and provenance_of of host_facts.h.

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "app/host_facts.h"
#include "find/catalogue.h"
#include "find/providers.h"
#include "system/clock.h"

namespace clockwright::app {
namespace {

/// Where platforms serve time to their own machines, and how they treat leap seconds (rule L-3).
struct PlatformName {
    std::string_view name;
    Smear smear;
    std::string_view operator_name;
};
constexpr std::array platform_names{
    PlatformName{"169.254.169.123", Smear::aws, "Amazon"},
    PlatformName{"fd00:ec2::123", Smear::aws, "Amazon"},
    PlatformName{"metadata.google.internal", Smear::google, "Google"}};

std::optional<IpAddress> address_of(const SourceLine& line, const DaemonState* state) {
    if (auto literal = parse_address(line.name)) return literal;
    if (state == nullptr) return std::nullopt;
    const auto listed = std::ranges::find(state->sources, line.name, &DaemonSource::name);
    return listed == state->sources.end() ? std::nullopt : listed->address;
}

SourceTraits traits_of_line(const SourceLine& line, const DaemonState* state) {
    Source source;
    source.host.name = without_root_dot(line.name);
    annotate(source);
    const CatalogueServer* known = find_in_catalogue(source.host.name);
    SourceTraits traits;
    traits.smear = source.smear;
    traits.timescale = source.timescale;
    traits.operator_name = source.operator_name;
    traits.of_ntp_pool = source.operator_name == pool_operator;
    traits.restricted = known != nullptr && !known->open;
    const auto address = address_of(line, state);
    traits.is_public = address ? address->is_public() : known != nullptr || traits.of_ntp_pool;
    const auto platform = std::ranges::find(platform_names, line.name, &PlatformName::name);
    if (platform != platform_names.end()) {
        traits.is_platform = true;
        traits.is_public = traits.restricted = false;
        traits.smear = platform->smear;
        traits.operator_name = platform->operator_name;
    }
    return traits;
}

}  // namespace

std::vector<SourceTraits> source_traits(const DaemonConfig& config, const DaemonState* state) {
    std::vector<SourceTraits> traits;
    for (const SourceLine& line : config.sources) traits.push_back(traits_of_line(line, state));
    return traits;
}

std::vector<ProvenanceRow> provenance_of(const DaemonView& view, const Host& host) {
    if (!view.config) return {};
    const std::set<std::string> read_already(view.config->files.begin(), view.config->files.end());
    return provenance(*view.config, view.state ? &*view.state : nullptr,
                      machine_sources(host, system::read_wall_clock(), read_already));
}

}  // namespace clockwright::app
