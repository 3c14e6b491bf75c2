#include "watch/rule_config.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <array>

#include "time/spell.h"
#include "watch/toml_fields.h"

namespace clockwright {
namespace {

constexpr std::size_t most_rules = 1000, longest_name = 64;
constexpr int most_samples = 10'000;
constexpr Seconds longest_hold{30 * 24 * 3600.0};

bool is_rule_name(std::string_view name) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !name.empty() && name.size() <= longest_name && name[0] >= 'a' && name[0] <= 'z' &&
           std::ranges::all_of(name, fits);
}

/// fact, op, value, absolute: all but the last must be there.
std::optional<Condition> read_condition(TomlFields& reader) {
    Condition condition;
    std::optional<std::string> fact, relation;
    std::optional<double> limit;
    std::optional<bool> absolute;
    reader.take_text("fact", fact, [](const std::string& name) -> std::string {
        if (find_fact(name) != nullptr) return {};
        return fmt::format("\"{}\" is no fact (docs/alerts.md names them)", printable(name));
    });
    reader.take_text("op", relation, [](const std::string& text) -> std::string {
        if (parse_relation(text)) return {};
        return "must be one of <, <=, >, >=, ==";
    });
    reader.take_number("value", limit);
    reader.take_flag("absolute", absolute);
    for (const char* key : {"fact", "op", "value"}) {
        if (!reader.has(key)) reader.fault(key, "is missing");
    }
    if (!fact || !relation || !limit) return std::nullopt;
    condition.fact = *fact;
    condition.relation = *parse_relation(*relation);
    condition.limit = *limit;
    const bool upwards =
        condition.relation == Relation::more || condition.relation == Relation::at_least;
    condition.absolute = absolute.value_or(is_signed(*fact) && upwards && *limit >= 0);
    return condition;
}

void read_further(TomlFields& reader, const std::string& file, RuleSetting& setting,
                  std::vector<std::string>& faults) {
    reader.take("and", [&](const toml::node& node) -> std::string {
        const auto* list = node.as_array();
        if (list == nullptr) return "must be a list of { fact, op, value }";
        for (const auto& item : *list) {
            const auto* table = item.as_table();
            if (table == nullptr) return "must be a list of { fact, op, value }";
            TomlFields inner(file, *table, "rule.and", faults);
            if (auto condition = read_condition(inner))
                setting.further.push_back(std::move(*condition));
            inner.close();
        }
        return {};
    });
}

/// What may be said of any rule.
void read_manner(TomlFields& reader, RuleSetting& setting) {
    reader.take_flag("enabled", setting.enabled);
    reader.take_number("clear", setting.clear);
    reader.take("for", [&](const toml::node& node) -> std::string {
        const auto* text = node.as_string();
        setting.hold = text != nullptr ? parse_duration(text->get()) : std::nullopt;
        if (setting.hold && *setting.hold <= longest_hold) return {};
        return "must be a duration like \"5m\", at most 30d";
    });
    reader.take("samples", [&](const toml::node& node) -> std::string {
        const auto* whole = node.as_integer();
        if (whole == nullptr || whole->get() < 1 || whole->get() > most_samples)
            return "must be a whole number from 1 to 10000";
        setting.samples = static_cast<int>(whole->get());
        return {};
    });
    std::optional<std::string> word;
    reader.take_text("severity", word, [&](const std::string& text) -> std::string {
        setting.severity = parse_severity(text);
        return setting.severity ? std::string{} : "must be info, warning or critical";
    });
    reader.take_text("absent", word, [&](const std::string& text) -> std::string {
        setting.absent = parse_absent(text);
        return setting.absent ? std::string{} : "must be keeps, fires or clears";
    });
    reader.take_text("server", setting.server);
    reader.take_text("message", setting.message);
    reader.take_text("advice", setting.advice);
}

/// `clear` must lie on the good side of the limit, or nothing would ever clear.
bool clears_towards_good(const Condition& condition) {
    if (!condition.clear) return true;
    switch (condition.relation) {
        case Relation::less:
        case Relation::at_most:
            return *condition.clear >= condition.limit;
        case Relation::more:
        case Relation::at_least:
            return *condition.clear <= condition.limit;
        case Relation::equal:
            break;
    }
    return true;
}

void read_own(TomlFields& reader, const std::string& file, RuleSetting& setting,
              std::vector<std::string>& faults) {
    setting.own = read_condition(reader);
    read_further(reader, file, setting, faults);
    if (!setting.own) return;
    setting.own->clear = setting.clear;
    if (!clears_towards_good(*setting.own))
        reader.fault("clear", "is not on the good side of value");
    const bool of_server = find_fact(setting.own->fact)->of_server ||
                           std::ranges::any_of(setting.further, [](const Condition& condition) {
                               return find_fact(condition.fact)->of_server;
                           });
    if (setting.server && !of_server) reader.fault("server", "no fact of this rule is a server's");
}

void read_change(TomlFields& reader, RuleSetting& setting) {
    reader.take_number("value", setting.limit);
    for (const char* key : {"fact", "op", "absolute", "and"}) {
        reader.take(key, [&](const toml::node&) {
            return fmt::format("{} is a built-in rule: what it compares cannot be changed",
                               setting.name);
        });
    }
}

RuleSetting read_rule(const std::string& file, const toml::table& table,
                      std::vector<std::string>& faults) {
    RuleSetting setting;
    setting.origin = fmt::format("{}:{}", file, table.source().begin.line);
    TomlFields reader(file, table, "rule", faults);
    std::optional<std::string> name;
    reader.take_text("name", name, [](const std::string& text) -> std::string {
        return is_rule_name(text) ? std::string{}
                                  : "must be small letters, digits and _, a letter first";
    });
    if (!table.contains("name")) reader.fault("name", "is missing");
    if (!name) return setting;
    setting.name = *name;
    read_manner(reader, setting);
    if (is_built_in(setting.name)) {
        read_change(reader, setting);
    } else {
        read_own(reader, file, setting, faults);
    }
    reader.close();
    return setting;
}

Rule own_rule(const RuleSetting& setting) {
    Rule rule;
    rule.name = rule.family = setting.name;
    rule.conditions = {*setting.own};
    rule.conditions.insert(rule.conditions.end(), setting.further.begin(), setting.further.end());
    const char* of = is_of_server(rule) ? " of {subject}" : "";
    rule.message = fmt::format("{}{} is {{value}}, the limit is {{limit}} ({{evidence}})",
                               setting.own->fact, of);
    rule.advice = "a rule of yours: clockwright alert rules";
    return rule;
}

/// Another limit keeps the distance at which the rule clears, as a share of it.
void change_limit(Condition& condition, double limit) {
    if (condition.clear && condition.limit != 0) {
        condition.clear = *condition.clear * (limit / condition.limit);
    } else {
        condition.clear.reset();
    }
    // A lower limit of what may not fall below zero, such as a step back, keeps its sign.
    const bool below = condition.relation == Relation::less && is_signed(condition.fact);
    condition.limit = below && condition.limit <= 0 && limit > 0 ? -limit : limit;
}

void change(Rule& rule, const RuleSetting& setting) {
    Condition& first = rule.conditions.front();
    if (setting.limit) change_limit(first, *setting.limit);
    if (setting.clear) first.clear = setting.clear;
    if (!clears_towards_good(first)) first.clear.reset();
    if (setting.hold) rule.hold = *setting.hold;
    if (setting.samples) rule.samples = *setting.samples;
    if (setting.severity) rule.severity = *setting.severity;
    if (setting.absent) rule.absent = *setting.absent;
    if (setting.server) rule.server = *setting.server;
    if (setting.message) rule.message = *setting.message;
    if (setting.advice) rule.advice = *setting.advice;
}

}  // namespace

std::vector<RuleSetting> read_rule_settings(const std::string& file, std::string_view toml,
                                            std::vector<std::string>& faults) {
    std::vector<RuleSetting> settings;
    try {
        const toml::table document = toml::parse(toml, file);
        const toml::node* rules = document.get("rule");
        if (rules == nullptr) return settings;
        const toml::array* list = rules->as_array();
        if (list == nullptr || !list->is_homogeneous(toml::node_type::table)) {
            faults.push_back(fmt::format("{}:{}: rule: must be [[rule]] tables", file,
                                         rules->source().begin.line));
            return settings;
        }
        if (list->size() > most_rules) {
            faults.push_back(fmt::format("{}:{}: rule: more than {} rules", file,
                                         rules->source().begin.line, most_rules));
            return settings;
        }
        for (const auto& item : *list)
            settings.push_back(read_rule(file, *item.as_table(), faults));
    } catch (const toml::parse_error& error) {
        faults.push_back(fmt::format("{}:{}: {}", file, error.source().begin.line,
                                     printable(error.description())));
    }
    return settings;
}

std::vector<Rule> rules_in_force(RuleClass host, std::span<const RuleSetting> settings) {
    std::vector<Rule> rules = built_in_rules(host);
    std::vector<std::string> off;
    for (const RuleSetting& setting : settings) {
        auto rule = std::ranges::find(rules, setting.name, &Rule::name);
        if (setting.own) {
            if (rule == rules.end()) rule = rules.insert(rules.end(), Rule{});
            *rule = own_rule(setting);
        }
        if (rule == rules.end()) continue;
        change(*rule, setting);
        if (setting.enabled.has_value()) std::erase(off, setting.name);
        if (!setting.enabled.value_or(true)) off.push_back(setting.name);
    }
    std::erase_if(
        rules, [&off](const Rule& rule) { return std::ranges::find(off, rule.name) != off.end(); });
    return rules;
}

}  // namespace clockwright
