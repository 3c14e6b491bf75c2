#include "app/config_alert.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "app/config_channels.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

using Json = nlohmann::ordered_json;

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

void read_rules(Config& config, const std::string& file, std::string_view text,
                std::vector<std::string>& faults) {
    for (RuleSetting& rule : read_rule_settings(file, text, faults)) {
        config.origins["rule." + rule.name] = rule.origin;
        config.rules.push_back(std::move(rule));
    }
}

std::vector<ShownTable> shown_tables(const Config& config) {
    std::vector<ShownTable> tables;
    for (auto& [name, value] : shown_channels(config.alert.channels))
        tables.push_back({"alert." + name, std::move(value)});
    if (!config.sinks.influx.token.empty())
        tables.push_back({"influx.token", "set, and never shown"});
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

#[alert.mail]
#server = "smtp.corp.example:587"
#from = "clockwright@corp.example"
#to = ["time@corp.example"]
#user = "clockwright"
#password_file = "/etc/clockwright/mail-password"    # 0600; secrets never stand here

# slack, discord: the URL is a secret and lies in a file; ntfy, webhook: it may stand here as url.
#[alert.slack]
#url_file = "/etc/clockwright/slack-url"

#[alert.webhook]
#url = "https://hooks.corp.example/time"
#key_file = "/etc/clockwright/hook-key"    # signs the body: X-Clockwright-Signature: sha256=...

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
