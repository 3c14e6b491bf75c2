#include "find/zones.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace clockwright {
namespace {

struct CountryZone {
    std::string_view country, zone, continent;
};

struct ContinentZone {
    std::string_view name, zone;
};

#define ROW_POOL_COUNTRY(country, zone, continent) CountryZone{country, zone, continent},
constexpr CountryZone country_zones[] = {
#include "catalogue_rows.inc"
};

#define ROW_POOL_CONTINENT(name, zone) ContinentZone{name, zone},
constexpr ContinentZone continent_zones[] = {
#include "catalogue_rows.inc"
};

#define ROW_POOL_GLOBAL(zone) constexpr std::string_view global_zone = zone;
#include "catalogue_rows.inc"

#define ROW_VENDOR(name) std::string_view(name),
constexpr std::string_view vendors[] = {
#include "catalogue_rows.inc"
};

static_assert(std::ranges::is_sorted(country_zones, {}, &CountryZone::country));
static_assert(std::ranges::is_sorted(vendors));

std::string plain_name(std::string_view host) {
    if (host.ends_with('.')) host.remove_suffix(1);
    std::string name(host);
    for (char& letter : name) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    return name;
}

std::vector<IpAddress> distinct_public(const std::vector<IpAddress>& addresses) {
    std::vector<IpAddress> members;
    for (const IpAddress& address : addresses) {
        const bool known = std::ranges::find(members, address) != members.end();
        if (address.is_public() && !known) members.push_back(address);
    }
    return members;
}

}  // namespace

std::vector<std::string> pool_names(const std::optional<Region>& region) {
    std::vector<std::string_view> zones;
    if (region) {
        const auto country =
            std::ranges::lower_bound(country_zones, region->country, {}, &CountryZone::country);
        if (country != std::end(country_zones) && country->country == region->country) {
            zones.push_back(country->zone);
        }
        const auto continent =
            std::ranges::find(continent_zones, region->continent, &ContinentZone::name);
        if (continent != std::end(continent_zones)) zones.push_back(continent->zone);
    }
    zones.push_back(global_zone);
    std::vector<std::string> names;
    for (const std::string_view zone : zones) names.push_back(fmt::format("2.{}", zone));
    return names;
}

ZoneChoice choose_zone(std::span<const ZoneAnswer> answers) {
    ZoneChoice choice;
    for (const ZoneAnswer& answer : answers) {
        std::vector<IpAddress> members = distinct_public(answer.addresses);
        const std::size_t count = members.size();
        if (count > choice.members.size()) {
            members.resize(std::min(count, members_of_a_zone));
            choice.name = answer.name;
            choice.members = std::move(members);
        }
        if (count >= members_of_a_zone) break;
        choice.passed.push_back(
            fmt::format("{} has only {} address{}", answer.name, count, count == 1 ? "" : "es"));
    }
    return choice;
}

bool is_pool_name(std::string_view host) {
    const std::string name = plain_name(host);
    return name == global_zone || name.ends_with(fmt::format(".{}", global_zone));
}

std::string vendor_of_pool_name(std::string_view host) {
    if (!is_pool_name(host)) return {};
    std::string name = plain_name(host);
    name.resize(name.size() - global_zone.size());
    if (name.ends_with('.')) name.pop_back();
    const std::string label = name.substr(name.rfind('.') + 1);
    return std::ranges::binary_search(vendors, std::string_view(label)) ? label : std::string{};
}

}  // namespace clockwright
