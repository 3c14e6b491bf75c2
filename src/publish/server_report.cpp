#include "publish/server_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "publish/table.h"
#include "time/spell.h"
#include "version.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json block_of(const ServerFacts& facts) {
    if (!facts.is_blocked()) return nullptr;
    const Block& block = *facts.standing->block;
    return {{"reason", to_string(block.reason)},
            {"why", text_or_null(block.why)},
            {"since", rfc3339(block.since)},
            {"until", block.until ? Json(rfc3339(*block.until)) : Json(nullptr)}};
}

Json allowance_of(const ServerFacts& facts) {
    if (!facts.is_allowed()) return nullptr;
    const Allowance& allowance = *facts.standing->allowance;
    return {{"why", text_or_null(allowance.why)}, {"since", rfc3339(allowance.since)}};
}

Json facts_of_server(const ServerFacts& facts) {
    return {{"host", facts.host},
            {"origin", text_or_null(facts.origin)},
            {"operator", text_or_null(facts.operator_name)},
            {"country", text_or_null(facts.country)},
            {"continent", text_or_null(facts.continent)},
            {"nts", facts.nts},
            {"smear", facts.smear},
            {"usage", text_or_null(facts.usage)},
            {"usage_basis", text_or_null(facts.usage_basis)},
            {"kind", text_or_null(facts.kind)},
            {"timescale", text_or_null(facts.timescale)},
            {"status", text_or_null(facts.status)},
            {"confidence", text_or_null(facts.confidence)},
            {"notes", text_or_null(facts.notes)},
            {"sources", text_or_null(facts.sources)},
            {"new", facts.newcomer},
            {"proposed", facts.withheld.empty() && !facts.is_blocked()},
            {"withheld", text_or_null(facts.withheld)},
            {"blocked", block_of(facts)},
            {"allowed", allowance_of(facts)}};
}

std::string dump(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string state_word(const ServerFacts& facts) {
    if (facts.is_blocked()) return "blocked";
    if (facts.is_allowed()) return "allowed";
    if (facts.newcomer) return "new";
    return facts.withheld.empty() ? "open" : facts.usage == "open" ? "withheld" : facts.usage;
}

Tone tone_of(const ServerFacts& facts) {
    if (facts.is_blocked()) return Tone::bad;
    return facts.withheld.empty() ? Tone::plain : Tone::warning;
}

std::string dashed(const std::string& text) {
    return text.empty() ? "-" : printable(text);
}

void add_fact(std::string& text, std::string_view what, const std::string& fact) {
    if (!fact.empty()) text += wrap(fmt::format("{}: {}", what, printable(fact)), 2);
}

std::string conclusion(const ServerFacts& facts) {
    if (facts.is_blocked())
        return fmt::format("{} is {}.", facts.host, block_text(*facts.standing));
    if (facts.is_allowed()) {
        const std::string& why = facts.standing->allowance->why;
        return fmt::format(
            "{} is allowed by the user{}: permission is taken as given, and it is "
            "never blocked by itself.",
            facts.host, why.empty() ? "" : " (" + printable(why) + ")");
    }
    if (facts.withheld.empty()) return facts.host + " may be asked with --internet.";
    return fmt::format("{} is not asked by itself: {}.", facts.host, facts.withheld);
}

std::string next_step(const ServerFacts& facts) {
    if (facts.is_blocked() || facts.newcomer)
        return "Next: clockwright servers allow " + facts.host;
    return "Next: clockwright scan " + facts.host;
}

}  // namespace

std::string list_text(const std::optional<ListReport>& list, WallTime now) {
    if (!list) return {};
    return fmt::format("Server list {} of {}, fetched {} ago; it {} at {}.", list->version,
                       printable(list->from), spell_age(now - list->fetched_at),
                       now < list->expires ? "expires" : "expired", rfc3339(list->expires));
}

std::string servers_text(const ServersReport& report) {
    const auto count = [&](auto&& holds) { return std::ranges::count_if(report.servers, holds); };
    std::string out =
        wrap(fmt::format("{} of {} known servers: {} may be asked with --internet, {} blocked, {} "
                         "allowed, {} new from a list.",
                         report.servers.size(), report.known, count([](const ServerFacts& facts) {
                             return facts.withheld.empty() && !facts.is_blocked();
                         }),
                         count([](const ServerFacts& facts) { return facts.is_blocked(); }),
                         count([](const ServerFacts& facts) { return facts.is_allowed(); }),
                         count([](const ServerFacts& facts) { return facts.newcomer; })),
             0);
    if (report.list) out += wrap(list_text(report.list, report.at), 0);
    Table table({{"server", Align::left, 30},
                 {"operator", Align::left, 18},
                 {"cc"},
                 {"nts"},
                 {"smear"},
                 {"state"}});
    for (const ServerFacts& facts : report.servers) {
        table.add({printable(facts.host), dashed(facts.operator_name), dashed(facts.country),
                   facts.nts ? "yes" : "-", facts.smear, state_word(facts)},
                  tone_of(facts));
        if (facts.is_blocked()) table.remark(block_text(*facts.standing));
    }
    if (!report.servers.empty()) out += table.text();
    return out + "Next: clockwright servers show HOST\n";
}

std::string servers_json(const ServersReport& report) {
    auto servers = Json::array();
    for (const ServerFacts& facts : report.servers) servers.push_back(facts_of_server(facts));
    Json list = nullptr;
    if (report.list)
        list = {{"version", report.list->version},
                {"from", report.list->from},
                {"fetched_at", rfc3339(report.list->fetched_at)},
                {"age_seconds", Seconds{report.at - report.list->fetched_at}.count()},
                {"expires", rfc3339(report.list->expires)},
                {"expired", report.at >= report.list->expires}};
    return dump({{"clockwright", version},
                 {"list", std::move(list)},
                 {"known", report.known},
                 {"servers", std::move(servers)}});
}

std::string server_text(const ServerFacts& facts) {
    std::string out = wrap(conclusion(facts), 0);
    add_fact(out, "operator", facts.operator_name);
    add_fact(out, "country", facts.country);
    add_fact(out, "continent", facts.continent);
    add_fact(out, "smear", facts.smear);
    add_fact(out, "NTS", facts.nts ? "yes" : "not known");
    add_fact(out, "usage",
             facts.usage.empty() ? "" : fmt::format("{} ({})", facts.usage, facts.usage_basis));
    add_fact(out, "kind", facts.kind);
    add_fact(out, "timescale", facts.timescale);
    add_fact(out, "status", facts.status);
    add_fact(out, "notes", facts.notes);
    add_fact(out, "known from", facts.sources.empty() ? facts.origin : facts.sources);
    if (facts.standing && facts.standing->silent_scans > 0)
        add_fact(out, "silent", fmt::format("{} scans on end", facts.standing->silent_scans));
    if (facts.standing && facts.standing->false_scans > 0)
        add_fact(out, "false", fmt::format("{} scans on end", facts.standing->false_scans));
    return out + next_step(facts) + "\n";
}

std::string server_json(const ServerFacts& facts) {
    return dump(facts_of_server(facts));
}

}  // namespace clockwright
