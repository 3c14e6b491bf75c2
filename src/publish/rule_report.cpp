#include "publish/rule_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "publish/table.h"
#include "time/spell.h"
#include "watch/rule_table.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

std::string hold_text(const Rule& rule) {
    std::string samples = rule.samples == 1 ? "at once" : fmt::format("{} samples", rule.samples);
    if (rule.hold.count() == 0) return samples;
    return fmt::format("{}, {}", spell_age(rule.hold), samples);
}

std::string condition_of(const Rule& rule) {
    std::string text = spell_conditions(rule);
    if (!rule.server.empty()) text += fmt::format(" for {}", printable(rule.server));
    return text;
}

Json json_of(const Condition& condition) {
    return {{"fact", condition.fact},
            {"op", to_string(condition.relation)},
            {"value", condition.limit},
            {"clear", condition.clear ? Json(*condition.clear) : Json(nullptr)},
            {"absolute", condition.absolute}};
}

Json json_of(const Rule& rule) {
    Json conditions = Json::array();
    for (const Condition& condition : rule.conditions) conditions.push_back(json_of(condition));
    return {{"name", rule.name},
            {"family", rule.family},
            {"conditions", std::move(conditions)},
            {"for_seconds", rule.hold.count()},
            {"samples", rule.samples},
            {"severity", to_string(rule.severity)},
            {"hazard", rule.hazard.empty() ? Json(nullptr) : Json(rule.hazard)},
            {"absent", to_string(rule.absent)},
            {"quiet_after_start", rule.quiet_after_start},
            {"server", rule.server.empty() ? Json(nullptr) : Json(rule.server)},
            {"message", rule.message},
            {"advice", rule.advice}};
}

/// A cell of Markdown.
std::string cell(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2)
        text.insert(at, 1, '\\');
    return text;
}

/// What a rule compares in each class: once when that is the same in all.
std::string conditions_of_all_classes(std::size_t number,
                                      const std::vector<std::vector<Rule>>& of_classes) {
    std::vector<std::string> texts;
    for (const auto& rules : of_classes) texts.push_back(spell_conditions(rules.at(number)));
    const bool same =
        std::ranges::all_of(texts, [&](const std::string& t) { return t == texts[0]; });
    if (same) return "`" + texts[0] + "`";
    for (std::string& text : texts) text = "`" + text + "`";
    return fmt::format("{}", fmt::join(texts, "<br>"));
}

std::string severity_of_all_classes(std::size_t number,
                                    const std::vector<std::vector<Rule>>& of_classes) {
    const auto severity = [&](std::size_t host) { return of_classes[host].at(number).severity; };
    std::string first(to_string(severity(0)));
    if (severity(0) == severity(2)) return first;
    return fmt::format("{}; regulated: {}", first, to_string(severity(2)));
}

}  // namespace

std::string rules_text(std::span<const Rule> rules, std::string_view host_class) {
    std::string text =
        fmt::format("{} rules are in force (class {}).\n\n", rules.size(), host_class);
    Table table({{"RULE"}, {"SEVERITY"}, {"FOR"}, {"HAZARD"}});
    for (const Rule& rule : rules) {
        table.add({rule.name, std::string(to_string(rule.severity)), hold_text(rule), rule.hazard});
        table.remark(condition_of(rule));
    }
    return text + table.text() +
           "\nNext: change one with [[rule]] in the configuration (docs/alerts.md).\n";
}

std::string rules_json(std::span<const Rule> rules, std::string_view host_class) {
    Json list = Json::array();
    for (const Rule& rule : rules) list.push_back(json_of(rule));
    const Json document{{"class", host_class}, {"rules", std::move(list)}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string rules_markdown() {
    std::vector<std::vector<Rule>> of_classes;
    for (const RuleClass host : rule_classes()) of_classes.push_back(built_in_rules(host));
    std::string text =
        "| rule | fires when | for | severity | hazard | says | next "
        "|\n|---|---|---|---|---|---|---|\n";
    for (std::size_t number = 0; number < of_classes[0].size(); ++number) {
        const Rule& rule = of_classes[0][number];
        text += fmt::format("| `{}` | {} | {} | {} | {} | {} | {} |\n", rule.name,
                            cell(conditions_of_all_classes(number, of_classes)), hold_text(rule),
                            severity_of_all_classes(number, of_classes), rule.hazard,
                            cell(rule.message), cell(rule.advice));
    }
    return text;
}

std::string facts_markdown() {
    std::string text = "| fact | of | is |\n|---|---|---|\n";
    for (const FactKind& kind : known_facts()) {
        text +=
            fmt::format("| `{}` | {} | {} |\n", kind.name,
                        kind.of_server ? "a server" : "this host", cell(std::string(kind.meaning)));
    }
    return text;
}

}  // namespace clockwright
