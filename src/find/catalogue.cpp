#include "find/catalogue.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "find/zones.h"

namespace clockwright {
namespace {

struct Zone {
    std::string_view name, country, continent;
};

#define ROW_SERVER(host, operator_name, country, continent, smear, confidence, open, notify, \
                   silent, nts, kind, timescale)                                             \
    CatalogueServer{host,                                                                    \
                    operator_name,                                                           \
                    country,                                                                 \
                    continent,                                                               \
                    smear,                                                                   \
                    confidence,                                                              \
                    open,                                                                    \
                    (timescale) == Timescale::utc,                                           \
                    (kind) == ServerKind::rotation || (kind) == ServerKind::pool,            \
                    silent,                                                                  \
                    nts,                                                                     \
                    notify,                                                                  \
                    kind,                                                                    \
                    timescale},
constexpr CatalogueServer servers[] = {
#include "catalogue_rows.inc"
};

#define ROW_ZONE(name, country, continent) Zone{name, country, continent},
constexpr Zone zones[] = {
#include "catalogue_rows.inc"
};

static_assert(std::ranges::is_sorted(servers, {}, &CatalogueServer::host));
static_assert(std::ranges::is_sorted(zones, {}, &Zone::name));

/// Of one operator, before all others have had as many.
constexpr int places_in_a_round = 3;

struct Proposal {
    /// Round, nearness, turn, confidence, host.
    std::tuple<int, int, int, char, std::string_view> rank;
    const CatalogueServer* server;
};

/// Fit to be used, whatever its operator asks of users.
bool is_good(const CatalogueServer& server) {
    return server.utc && !server.silent && server.confidence < 'c';
}

/// 0: own country, 1: own continent, 2: no particular place, 3: elsewhere.
int nearness(const CatalogueServer& server, const std::optional<Region>& region) {
    if (region && !server.country.empty() && server.country == region->country) return 0;
    if (region && server.continent == region->continent) return 1;
    if (server.continent == "global" || server.continent.empty()) return 2;
    return 3;
}

}  // namespace

const CatalogueServer* find_in_catalogue(std::string_view host) {
    const std::string name = lower_case(host);
    const auto found =
        std::ranges::lower_bound(servers, std::string_view(name), {}, &CatalogueServer::host);
    return found != std::end(servers) && found->host == name ? &*found : nullptr;
}

std::optional<Region> region_of(std::string_view time_zone) {
    const auto found = std::ranges::lower_bound(zones, time_zone, {}, &Zone::name);
    if (found == std::end(zones) || found->name != time_zone) return std::nullopt;
    return Region{found->country, found->continent};
}

std::vector<const CatalogueServer*> proposals(const std::optional<Region>& region,
                                              std::size_t limit) {
    std::vector<Proposal> ranked;
    std::map<std::pair<int, std::string_view>, int> turns;
    for (const bool rotation : {false, true}) {
        for (const CatalogueServer& server : servers) {
            if (server.rotation != rotation || !server.open || !is_good(server)) continue;
            const int near = nearness(server, region);
            const int turn = turns[{near, server.operator_name}]++;
            ranked.push_back({{0, near, turn, server.confidence, server.host}, &server});
        }
    }
    std::ranges::sort(ranked, {}, &Proposal::rank);
    std::map<std::string_view, int> places;  // an operator has, near or far
    for (Proposal& proposal : ranked) {
        std::get<0>(proposal.rank) = places[proposal.server->operator_name]++ / places_in_a_round;
    }
    std::ranges::sort(ranked, {}, &Proposal::rank);
    std::vector<const CatalogueServer*> out;
    for (const Proposal& proposal : ranked) {
        if (out.size() == limit) break;
        out.push_back(proposal.server);
    }
    return out;
}

std::vector<const CatalogueServer*> to_be_told(const std::optional<Region>& region) {
    std::vector<const CatalogueServer*> in_country, on_continent;
    for (const CatalogueServer& server : servers) {
        if (!region || !server.notify || !is_good(server)) continue;
        const int near = nearness(server, region);
        if (near == 0) in_country.push_back(&server);
        if (near == 1) on_continent.push_back(&server);
    }
    return in_country.empty() ? on_continent : in_country;
}

void annotate(Source& source) {
    if (is_address_literal(source.host)) return;  // the catalogue knows names
    const CatalogueServer* known = find_in_catalogue(source.host.name);
    if (known != nullptr) {
        source.kind = known->kind;
        source.timescale = known->timescale;
    }
    if (is_pool_name(source.host.name)) {
        source.kind = ServerKind::pool;
        if (source.operator_name.empty()) source.operator_name = pool_operator;
        if (source.smear == Smear::unknown) source.smear = Smear::none;
    }
    if (known == nullptr) return;
    if (source.operator_name.empty()) source.operator_name = known->operator_name;
    if (source.smear == Smear::unknown) source.smear = parse_smear(known->smear);
}

Seconds operator_spacing(std::string_view operator_name) {
    return operator_name == "NIST" ? Seconds{4} : Seconds{0};
}

}  // namespace clockwright
