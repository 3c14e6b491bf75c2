#include "find/server_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "find/catalogue.h"
#include "find/catalogue_details.h"

namespace clockwright {
namespace {

std::string why_not_proposed(const CatalogueServer& known, const CatalogueDetails& details) {
    if (details.usage == "restricted") return "its operator restricts its use";
    if (details.usage == "notify") return "its operator wants to be told first";
    if (!known.utc) return fmt::format("it does not serve plain UTC ({})", details.timescale);
    if (known.silent) return "it was silent when the list was made";
    if (known.confidence == 'c') return "one old list alone names it";
    return {};
}

void add_catalogue_facts(ServerFacts& facts, const CatalogueServer& known,
                         const CatalogueDetails& details, const ServerList* list) {
    facts.origin = "catalogue";
    facts.operator_name = known.operator_name;
    facts.country = known.country;
    facts.continent = known.continent;
    facts.smear = known.smear;
    facts.usage = details.usage;
    facts.usage_basis = details.usage_basis;
    facts.kind = details.kind;
    facts.timescale = details.timescale;
    facts.status = details.status;
    facts.confidence = known.confidence;
    facts.notes = details.notes;
    facts.sources = details.sources;
    facts.nts = known.nts;
    facts.withheld = why_not_proposed(known, details);
    if (facts.withheld.empty() && list != nullptr) facts.withheld = why_withheld(*list, known);
}

void add_listed_facts(ServerFacts& facts, const ListedServer& listed, const ServerList& list,
                      WallTime now) {
    facts.origin = fmt::format("server list {}", list.version);
    facts.operator_name = listed.operator_name;
    facts.country = listed.country;
    facts.smear = to_string(listed.smear);
    facts.usage = to_string(listed.usage);
    facts.usage_basis = "list";
    facts.status = listed.silent ? "silent" : "";
    facts.nts = listed.nts;
    facts.newcomer = true;
    facts.withheld = now >= list.expires ? "its list has expired"
                                         : "only a list names it: allow it to let it in";
}

/// The standing of the host itself, or else a block of an address that it was asked at.
std::optional<Standing> standing_for(const HostName& host, const BlockList& blocks, WallTime now) {
    const HostName key = standing_key(host);
    const auto own = std::ranges::find(blocks, key, &Standing::server);
    std::optional<Standing> found;
    if (own != blocks.end()) found = *own;
    const Standing* block = blocked(blocks, key, {}, now);
    for (const Standing& standing : blocks) {
        if (block == nullptr && standing.seen_as == key.name &&
            !is_allowed(blocks, key, parse_address(standing.server.name)))
            block = blocked(blocks, standing.server, parse_address(standing.server.name), now);
    }
    if (found) found->block.reset();
    if (block == nullptr) return found;
    if (!found) found = *block;
    found->block = block->block;
    return found;
}

void judge_allowance(ServerFacts& facts) {
    const bool expired = facts.withheld == "its list has expired";
    if (facts.is_allowed() && !facts.origin.empty() && !expired) facts.withheld.clear();
}

}  // namespace

ServerFacts facts_of(const HostName& host, const ServerList* list, const BlockList& blocks,
                     WallTime now) {
    ServerFacts facts;
    const HostName key = standing_key(host);
    facts.host = to_string(key);
    facts.smear = "unknown";
    const CatalogueServer* known = find_in_catalogue(key.name);
    const CatalogueDetails* details = catalogue_details(key.name);
    const ListedServer* listed = list == nullptr ? nullptr : find_in_list(*list, key.name);
    if (known != nullptr && details != nullptr)
        add_catalogue_facts(facts, *known, *details, list);
    else if (listed != nullptr)
        add_listed_facts(facts, *listed, *list, now);
    else
        facts.withheld = "neither the catalogue nor a list knows it";
    facts.standing = standing_for(key, blocks, now);
    judge_allowance(facts);
    return facts;
}

std::vector<ServerFacts> all_facts(const ServerList* list, const BlockList& blocks, WallTime now) {
    std::set<std::string> hosts;
    for (const CatalogueDetails& details : all_catalogue_details()) hosts.emplace(details.host);
    if (list != nullptr) {
        for (const ListedServer* newcomer : newcomers(*list)) hosts.insert(newcomer->host);
    }
    for (const Standing& standing : blocks) {
        const bool told = standing.allowance || (standing.block && standing.seen_as.empty()) ||
                          blocked(blocks, standing.server, {}, now) != nullptr;
        if (told) hosts.insert(to_string(standing.server));
    }
    std::vector<ServerFacts> facts;
    facts.reserve(hosts.size());
    for (const std::string& host : hosts) {
        if (const auto name = parse_host(host)) facts.push_back(facts_of(*name, list, blocks, now));
    }
    return facts;
}

}  // namespace clockwright
