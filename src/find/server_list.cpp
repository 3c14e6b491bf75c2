#include "find/server_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <climits>

#include "daemon/json_fields.h"
#include "time/host_name.h"
#include "time/spell.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

constexpr int list_format = 1;
constexpr std::int64_t highest_version = INT64_C(1) << 53U;  // what every JSON reader keeps
constexpr std::size_t most_faults_told = 10;
constexpr std::size_t longest_name = 200;

constexpr std::array<std::string_view, 3> usage_words{"open", "notify", "restricted"};

WallTime read_instant(JsonFields& fields, std::string_view key) {
    const auto instant = parse_rfc3339(fields.text(key));
    if (!instant) fields.fault(key, "must be an instant of RFC 3339 with Z");
    return instant.value_or(WallTime{});
}

std::string read_short(JsonFields& fields, std::string_view key) {
    if (!fields.has(key)) return {};
    std::string text = fields.text(key);
    if (text.size() > longest_name) fields.fault(key, "must have at most 200 octets");
    return text;
}

std::string read_host(JsonFields& fields) {
    const auto host = parse_host(fields.text("host"));
    if (!host) {
        fields.fault("host", host.error().message);
        return {};
    }
    std::string name = host->name;
    for (char& letter : name) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    // RFC 4085: no addresses in lists; a name is what its operator can move.
    if (host->nts || host->port != ntp_port || is_address_literal(*host))
        fields.fault("host", "must be a name, without scheme and port");
    return name;
}

std::string read_country(JsonFields& fields) {
    std::string country = read_short(fields, "country");
    const auto is_capital = [](char letter) { return letter >= 'A' && letter <= 'Z'; };
    if (!country.empty() && (country.size() != 2 || !std::ranges::all_of(country, is_capital)))
        fields.fault("country", "must be two capital letters (ISO 3166)");
    return country;
}

Usage read_usage(JsonFields& fields) {
    const auto found = std::ranges::find(usage_words, fields.text("usage"));
    if (found != usage_words.end()) return static_cast<Usage>(found - usage_words.begin());
    fields.fault("usage", "must be open, notify or restricted");
    return Usage::restricted;
}

ListedServer read_server(const Json& json, const std::string& place, JsonFaults& faults) {
    JsonFields fields(json, place, faults);
    ListedServer server;
    server.host = read_host(fields);
    server.operator_name = read_short(fields, "operator");
    server.country = read_country(fields);
    server.smear = parse_smear(read_short(fields, "smear"));
    server.usage = read_usage(fields);
    if (fields.has("silent")) server.silent = fields.boolean("silent");
    if (fields.has("nts")) server.nts = fields.boolean("nts");
    fields.close();
    return server;
}

void sort_and_check(ServerList& list, JsonFaults& faults) {
    std::ranges::sort(list.servers, {}, &ListedServer::host);
    const auto twin = std::ranges::adjacent_find(list.servers, {}, &ListedServer::host);
    if (twin != list.servers.end())
        faults.push_back(fmt::format("servers: {} is listed twice", printable(twin->host)));
    if (list.expires <= list.issued) faults.emplace_back("expires: must be later than issued");
}

ServerList read_list(const Json& json, JsonFaults& faults) {
    JsonFields fields(json, {}, faults);
    ServerList list;
    fields.integer("clockwright_list", list_format, list_format);
    list.version = fields.integer("version", 1, highest_version);
    list.issued = read_instant(fields, "issued");
    list.expires = read_instant(fields, "expires");
    fields.each("servers", [&](const Json& server, const std::string& place) {
        list.servers.push_back(read_server(server, place, faults));
    });
    fields.close();
    if (faults.empty()) sort_and_check(list, faults);
    return list;
}

std::string no_document(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return "the server list is empty";
    return text[first] == '<' ? "the server list is a page of HTML or XML, not JSON"
                              : "the server list is no JSON document";
}

}  // namespace

std::string_view to_string(Usage usage) {
    return usage_words.at(static_cast<std::size_t>(usage));
}

Result<ServerList> parse_server_list(std::string_view text) {
    if (text.size() > largest_server_list)
        return fail(Fault::bad_input, "the server list is larger than 4 MiB");
    const auto json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) return fail(Fault::bad_input, no_document(text));
    if (!json.is_object()) return fail(Fault::bad_input, "the server list is no JSON object");
    JsonFaults faults;
    ServerList list = read_list(json, faults);
    if (faults.empty()) return list;
    const std::size_t all = faults.size();
    if (all > most_faults_told) {
        faults.resize(most_faults_told);
        faults.push_back(fmt::format("and {} more faults", all - most_faults_told));
    }
    return fail(Fault::bad_input,
                fmt::format("the server list is faulty: {}", fmt::join(faults, "; ")));
}

std::string why_not_newer(const ServerList& fresh, std::int64_t known_version, WallTime now) {
    if (fresh.version < known_version)
        return fmt::format("it is version {}, older than {} that is known", fresh.version,
                           known_version);
    if (fresh.version == known_version)
        return fmt::format("it is version {}, which is known already", fresh.version);
    if (now >= fresh.expires)
        return fmt::format("version {} expired at {}", fresh.version, rfc3339(fresh.expires));
    return {};
}

const ListedServer* find_in_list(const ServerList& list, std::string_view host) {
    const auto found = std::ranges::lower_bound(
        list.servers, host, {}, [](const auto& server) { return std::string_view(server.host); });
    return found != list.servers.end() && found->host == host ? &*found : nullptr;
}

std::string why_withheld(const ServerList& list, const CatalogueServer& known) {
    const ListedServer* listed = find_in_list(list, known.host);
    if (listed == nullptr) return {};
    if (listed->usage == Usage::restricted) return "the list says that it is restricted";
    if (listed->usage == Usage::notify) return "the list says that its operator must be told";
    if (listed->silent) return "the list says that it is silent";
    const bool smears = listed->smear != Smear::none && listed->smear != Smear::unknown;
    if (smears && parse_smear(known.smear) != listed->smear)
        return fmt::format("the list says that it smears ({}), the catalogue does not",
                           to_string(listed->smear));
    return {};
}

std::vector<const ListedServer*> newcomers(const ServerList& list) {
    std::vector<const ListedServer*> unknown;
    for (const ListedServer& server : list.servers) {
        if (find_in_catalogue(server.host) == nullptr) unknown.push_back(&server);
    }
    return unknown;
}

}  // namespace clockwright
