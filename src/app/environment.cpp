#include "app/environment.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>
#include <utility>

#include "app/key_builders.h"
#include "time/host_name.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr std::string_view prefix = "environment ";
constexpr Seconds lazy_from{1800};

/// A variable of another program's that means one of our keys.
struct Known {
    const char* variable;
    std::string_view key;
    std::string (*value)(const std::string&);  ///< as TOML
};

std::string mode_of(const std::string& interval) {
    const bool number = interval.find_first_not_of("0123456789.") == std::string::npos;
    const auto duration = parse_duration(number ? interval + "s" : interval);
    if (!duration || *duration <= Seconds{0}) return quoted(interval);
    return quoted(*duration >= lazy_from ? "lazy" : "normal");
}

/// In our words.
std::string level_of(const std::string& word) {
    static constexpr auto synonyms =
        std::to_array<std::pair<std::string_view, std::string_view>>({{"warn", "warning"},
                                                                      {"err", "error"},
                                                                      {"critical", "error"},
                                                                      {"fatal", "error"},
                                                                      {"notice", "info"},
                                                                      {"trace", "debug"}});
    const std::string level = lower_case(word);
    const auto* const same =
        std::ranges::find(synonyms, level, &decltype(synonyms)::value_type::first);
    return quoted(same == synonyms.end() ? level : std::string(same->second));
}

std::string hosts_of(const std::string& text) {
    std::vector<std::string> hosts;
    std::string_view rest(text);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find_first_of(", "), rest.size());
        if (end > 0) hosts.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return list_text(hosts);
}

constexpr auto known = std::to_array<Known>({
    {"INFLUX_URL", "influx.url", quoted},
    {"INFLUX_ORG", "influx.org", quoted},
    {"INFLUX_BUCKET", "influx.bucket", quoted},
    {"NTP_SERVER", "agent.watch", hosts_of},
    {"POLLING_INTERVAL", "agent.mode", mode_of},
    {"LOG_LEVEL", "log.level", level_of},
});

/// What stands there when it is a value of TOML, else a text.
std::string value_of(const std::string& text) {
    try {
        return toml::parse("v = " + text).size() == 1 ? text : quoted(text);
    } catch (const toml::parse_error&) {
        return quoted(text);
    }
}

ConfigText text_of(std::string_view variable, std::string_view key, std::string_view value) {
    return {fmt::format("{}{}", prefix, variable), fmt::format("{} = {}\n", key, value)};
}

std::vector<ConfigText> own_texts(const Variable& variable) {
    std::vector<ConfigText> texts;
    for (const Key& key : config_keys()) {
        const std::string name = variable_of(key.path());
        if (const char* text = variable(name.c_str()))
            texts.push_back(text_of(name, key.path(), value_of(text)));
    }
    return texts;
}

/// Those of the database together: they may be good only so.
std::vector<std::vector<ConfigText>> foreign_texts(const Variable& variable) {
    std::vector<std::vector<ConfigText>> groups;
    bool was_together = false;
    for (const Known& one : known) {
        const char* text = variable(one.variable);
        if (text == nullptr || *text == '\0') continue;
        const bool together = one.key.starts_with("influx.");
        if (!std::exchange(was_together, together) || !together) groups.emplace_back();
        groups.back().push_back(text_of(one.variable, one.key, one.value(text)));
    }
    return groups;
}

/// "INFLUX_URL is not used: influx.url: must …", from "environment INFLUX_URL:1: influx.url: …".
std::string not_used(const std::vector<ConfigText>& group, std::string_view fault) {
    std::vector<std::string_view> names;
    for (const ConfigText& text : group)
        names.push_back(std::string_view(text.file).substr(prefix.size()));
    fault = fault.substr(0, fault.find('\n'));
    const std::size_t place = fault.find(": ");
    return fmt::format("{} {} not used: {}", fmt::join(names, ", "),
                       names.size() == 1 ? "is" : "are",
                       fault.substr(place == std::string_view::npos ? 0 : place + 2));
}

std::vector<ConfigText> joined(std::initializer_list<std::vector<ConfigText>> lists) {
    std::vector<ConfigText> all;
    for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
    return all;
}

}  // namespace

std::string variable_of(std::string_view path) {
    std::string name = std::string(variable_prefix) + std::string(path);
    std::ranges::transform(name, name.begin(), [](unsigned char c) {
        return c == '.' ? '_' : static_cast<char>(std::toupper(c));
    });
    return name;
}

EnvironmentTexts environment_texts(const Variable& variable, const std::vector<ConfigText>& files) {
    const std::vector<ConfigText> own = own_texts(variable);
    const auto groups = foreign_texts(variable);
    EnvironmentTexts all;
    // What is faulty without them is told as it is.
    if (groups.empty() || !read_config(joined({files, own}))) return {own, {}};
    for (const std::vector<ConfigText>& group : groups) {
        if (const auto good = read_config(joined({files, all.texts, group, own})); good)
            all.texts = joined({all.texts, group});
        else
            all.remarks.push_back(not_used(group, good.error().message));
    }
    all.texts = joined({all.texts, own});
    return all;
}

void settle_environment(Config& config, const Variable& variable) {
    for (auto& [key, origin] : config.origins) {
        if (origin.starts_with(prefix)) origin.erase(origin.rfind(':'));
    }
    const char* token = variable("INFLUX_TOKEN");
    const bool given = token != nullptr && *token != '\0';
    PushSettings& push = config.sinks.influx.push;
    const auto is_of_file = [&config](const std::string& key) {
        return config.is_set(key) && !config.origins.at(key).starts_with(prefix);
    };
    const bool has_secrets = is_of_file("influx.token_file") || is_of_file("influx.user");
    const bool elsewhere = config.is_set("influx.url") && !is_of_file("influx.url");
    if (has_secrets && (given || elsewhere)) {
        push.token_file.clear();
        push.user.clear();
        push.password_file.clear();
        if (!given)
            config.remarks.emplace_back(
                "influx.token_file and influx.user of the file are not sent to the environment's "
                "URL: set INFLUX_TOKEN");
    }
    if (!given) return;
    config.sinks.influx.token = token;
    config.origins["influx.token"] = std::string(prefix) + "INFLUX_TOKEN";
}

}  // namespace clockwright::app
