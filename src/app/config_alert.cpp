#include "app/config_alert.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "find/post_url.h"
#include "time/spell.h"
#include "watch/toml_fields.h"

namespace clockwright::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_channels = 16, most_labels = 32;
constexpr Seconds longest_time_out{60};

std::string absolute(const std::string& path) {
    return path.starts_with('/') ? std::string{} : "must be an absolute path";
}

bool is_label(std::string_view name) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               (c >= '0' && c <= '9');
    };
    return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::ranges::all_of(name, fits);
}

/// A list of strings; what is wrong with it comes back.
std::string read_words(const toml::node& node, std::vector<std::string>& words) {
    const auto* list = node.as_array();
    if (list == nullptr) return "must be a list of strings";
    for (const auto& item : *list) {
        const auto* text = item.as_string();
        if (text == nullptr) return "must be a list of strings";
        if (text->get().find('\0') != std::string::npos) return "must not hold a zero byte";
        words.push_back(text->get());
    }
    return {};
}

/// `severity` and `time_out`, which every channel has.
void read_manner(TomlFields& fields, AlertSeverity& severity, Seconds& time_out) {
    std::optional<std::string> word;
    fields.take_text("severity", word, [&severity](const std::string& text) -> std::string {
        for (const auto one :
             {AlertSeverity::info, AlertSeverity::warning, AlertSeverity::critical}) {
            if (to_string(one) != text) continue;
            severity = one;
            return {};
        }
        return "must be info, warning or critical";
    });
    fields.take_text("time_out", word, [&time_out](const std::string& text) -> std::string {
        const auto duration = parse_duration(text);
        if (!duration || *duration < Seconds{0.1} || *duration > longest_time_out)
            return "must be a duration from 100ms to 60s";
        time_out = *duration;
        return {};
    });
}

ExecSettings read_exec(const std::string& file, const toml::table& table,
                       std::vector<std::string>& faults) {
    ExecSettings exec;
    TomlFields fields(file, table, "alert.exec", faults);
    fields.take("command", [&exec](const toml::node& node) -> std::string {
        if (std::string wrong = read_words(node, exec.command); !wrong.empty()) return wrong;
        if (exec.command.empty()) return "is empty";
        return absolute(exec.command.front()).empty() ? "" : "the program must be an absolute path";
    });
    if (!fields.has("command")) fields.fault("command", "is missing");
    read_manner(fields, exec.severity, exec.time_out);
    fields.close();
    return exec;
}

std::vector<ExecSettings> read_execs(const std::string& file, const toml::node& node,
                                     std::vector<std::string>& faults) {
    std::vector<ExecSettings> all;
    const auto* list = node.as_array();
    if (list == nullptr || !list->is_homogeneous(toml::node_type::table) ||
        list->size() > most_channels) {
        faults.push_back(fmt::format("{}:{}: alert.exec: must be [[alert.exec]] tables, at most {}",
                                     file, node.source().begin.line, most_channels));
        return all;
    }
    for (const auto& item : *list) all.push_back(read_exec(file, *item.as_table(), faults));
    return all;
}

std::string read_labels(const toml::node& node, std::map<std::string, std::string>& labels) {
    const auto* table = node.as_table();
    if (table == nullptr || table->size() > most_labels)
        return "must be a table of at most 32 texts";
    for (const auto& [name, value] : *table) {
        const auto* text = value.as_string();
        if (text == nullptr) return "must be a table of texts";
        if (!is_label(name.str()))
            return fmt::format("\"{}\" is no name of a label", printable(name.str()));
        labels[std::string(name.str())] = text->get();
    }
    return {};
}

AlertmanagerSettings read_alertmanager(const std::string& file, const toml::table& table,
                                       std::vector<std::string>& faults) {
    AlertmanagerSettings settings;
    TomlFields fields(file, table, "alert.alertmanager", faults);
    std::optional<bool> plain_http;
    fields.take_flag("plain_http", plain_http);
    settings.plain_http = plain_http.value_or(false);
    std::optional<std::string> url, token_file;
    fields.take_text("url", url, [&settings](const std::string& text) -> std::string {
        const auto known = check_post_url(text, settings.plain_http);
        return known ? std::string{} : known.error().message;
    });
    if (!fields.has("url")) fields.fault("url", "is missing");
    read_manner(fields, settings.severity, settings.time_out);
    fields.take("labels",
                [&settings](const toml::node& node) { return read_labels(node, settings.labels); });
    fields.take("ca", [&settings](const toml::node& node) -> std::string {
        std::string wrong = read_words(node, settings.ca);
        for (const std::string& path : settings.ca) {
            if (wrong.empty()) wrong = absolute(path);
        }
        return wrong;
    });
    fields.take_text("token_file", token_file, absolute);
    settings.url = url.value_or("");
    settings.token_file = token_file.value_or("");
    fields.close();
    return settings;
}

Json shown(const ExecSettings& exec) {
    return {{"command", exec.command},
            {"severity", to_string(exec.severity)},
            {"time_out", fmt::format("{}ms", std::llround(exec.time_out.count() * 1e3))}};
}

Json shown(const AlertmanagerSettings& settings) {
    Json json{{"url", settings.url},
              {"severity", to_string(settings.severity)},
              {"time_out", fmt::format("{}ms", std::llround(settings.time_out.count() * 1e3))}};
    if (!settings.labels.empty()) json["labels"] = settings.labels;
    if (!settings.ca.empty()) json["ca"] = settings.ca;
    if (!settings.token_file.empty()) json["token_file"] = settings.token_file;
    if (settings.plain_http) json["plain_http"] = true;
    return json;
}

void add_condition(Json& json, const Condition& condition) {
    json["fact"] = condition.fact;
    json["op"] = to_string(condition.relation);
    json["value"] = condition.limit;
    json["absolute"] = condition.absolute;
}

Json shown(const RuleSetting& rule) {
    Json json{{"name", rule.name}};
    if (rule.enabled) json["enabled"] = *rule.enabled;
    if (rule.own) add_condition(json, *rule.own);
    if (rule.limit) json["value"] = *rule.limit;
    if (rule.clear) json["clear"] = *rule.clear;
    for (const Condition& condition : rule.further) {
        Json further = Json::object();
        add_condition(further, condition);
        json["and"].push_back(std::move(further));
    }
    if (rule.hold) json["for"] = fmt::format("{}ms", std::llround(rule.hold->count() * 1e3));
    if (rule.samples) json["samples"] = *rule.samples;
    if (rule.severity) json["severity"] = to_string(*rule.severity);
    if (rule.absent) json["absent"] = to_string(*rule.absent);
    if (rule.server) json["server"] = *rule.server;
    if (rule.message) json["message"] = *rule.message;
    if (rule.advice) json["advice"] = *rule.advice;
    return json;
}

}  // namespace

bool is_channel_table(std::string_view section, std::string_view name) {
    return section == "alert" && (name == "exec" || name == "alertmanager");
}

void read_channel_table(Config& config, const std::string& file, std::string_view name,
                        const toml::node& node, std::vector<std::string>& faults) {
    if (name == "exec") {
        config.alert.channels.exec = read_execs(file, node, faults);
    } else if (const auto* table = node.as_table()) {
        config.alert.channels.alertmanager = read_alertmanager(file, *table, faults);
    } else {
        faults.push_back(fmt::format("{}:{}: alert.alertmanager: must be a table", file,
                                     node.source().begin.line));
    }
    config.origins[fmt::format("alert.{}", name)] =
        fmt::format("{}:{}", file, node.source().begin.line);
}

void read_rules(Config& config, const std::string& file, std::string_view text,
                std::vector<std::string>& faults) {
    for (RuleSetting& rule : read_rule_settings(file, text, faults)) {
        config.origins["rule." + rule.name] = rule.origin;
        config.rules.push_back(std::move(rule));
    }
}

std::vector<ShownTable> shown_tables(const Config& config) {
    std::vector<ShownTable> tables;
    if (!config.alert.channels.exec.empty()) {
        Json list = Json::array();
        for (const ExecSettings& exec : config.alert.channels.exec) list.push_back(shown(exec));
        tables.push_back({"alert.exec", std::move(list)});
    }
    if (config.alert.channels.alertmanager)
        tables.push_back({"alert.alertmanager", shown(*config.alert.channels.alertmanager)});
    for (const RuleSetting& rule : config.rules)
        tables.push_back({"rule." + rule.name, shown(rule)});
    return tables;
}

std::string inline_toml(const Json& value) {
    if (value.is_array()) {
        std::vector<std::string> items;
        for (const Json& item : value) items.push_back(inline_toml(item));
        return fmt::format("[{}]", fmt::join(items, ", "));
    }
    if (!value.is_object()) return value.dump(-1, ' ', true);
    std::vector<std::string> items;
    for (const auto& [key, item] : value.items())
        items.push_back(fmt::format("{} = {}", key, inline_toml(item)));
    return fmt::format("{{ {} }}", fmt::join(items, ", "));
}

std::string tables_template() {
    return R"(
# Where alerts go beside the journal. exec: the alert on stdin, no shell, a clean environment.
#[[alert.exec]]
#command = ["/usr/local/bin/page", "--team", "time"]
#severity = "critical"    # less severe alerts are not for it
#time_out = "10s"

#[alert.alertmanager]
#url = "http://127.0.0.1:9093"    # http to this machine only, else https
#labels = { site = "zrh1" }

# Another limit for a built-in rule (clockwright alert rules), or a rule of your own.
#[[rule]]
#name = "clock_error"
#value = "50ms"
#for = "5m"

#[[rule]]
#name = "ntp1_far"
#fact = "error_seconds"    # docs/alerts.md names all facts
#op = ">"
#value = "5ms"
#for = "5m"
#severity = "warning"
#server = "ntp1.*"
)";
}

}  // namespace clockwright::app
