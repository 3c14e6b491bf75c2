#include "app/environment.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "app/key_builders.h"

namespace clockwright::app {
namespace {

constexpr std::string_view prefix = "environment ";
constexpr int lazy_from = 1800;  // seconds

/// A variable of another program's that means one of our keys.
struct Known {
    const char* variable;
    std::string_view key;
    std::string (*value)(const std::string&);  ///< as TOML
};

std::string mode_of(const std::string& interval) {
    int seconds = 0;
    const char* end = interval.data() + interval.size();
    const auto read = std::from_chars(interval.data(), end, seconds);
    const bool good = read.ec == std::errc{} && read.ptr == end && seconds > 0;
    return good ? quoted(seconds >= lazy_from ? "lazy" : "normal") : quoted(interval);
}

/// DEBUG, INFO, WARNING, ERROR.
std::string level_of(const std::string& word) {
    std::string level(word);
    std::ranges::transform(level, level.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return quoted(level);
}

constexpr auto known = std::to_array<Known>({
    {"INFLUX_URL", "influx.url", quoted},
    {"INFLUX_ORG", "influx.org", quoted},
    {"INFLUX_BUCKET", "influx.bucket", quoted},
    {"NTP_SERVER", "agent.watch", [](const std::string& host) { return list_text({host}); }},
    {"POLLING_INTERVAL", "agent.mode", mode_of},
    {"LOG_LEVEL", "log.level", level_of},
});

std::string variable_of(const Key& key) {
    std::string name = "CLOCKWRIGHT_" + key.section + "_" + key.name;
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return name;
}

/// What stands there when it is a value of TOML, else a text.
std::string value_of(const std::string& text) {
    try {
        if (toml::parse("v = " + text).size() == 1) return text;
    } catch (const toml::parse_error&) {
    }
    return quoted(text);
}

ConfigText text_of(std::string_view variable, std::string_view key, std::string_view value) {
    return {fmt::format("{}{}", prefix, variable), fmt::format("{} = {}\n", key, value)};
}

}  // namespace

std::vector<ConfigText> environment_texts(const Variable& variable) {
    std::vector<ConfigText> texts;
    for (const Known& one : known) {
        if (const char* text = variable(one.variable); text != nullptr && *text != '\0')
            texts.push_back(text_of(one.variable, one.key, one.value(text)));
    }
    for (const Key& key : config_keys()) {
        const std::string name = variable_of(key);
        if (const char* text = variable(name.c_str()))
            texts.push_back(text_of(name, key.path(), value_of(text)));
    }
    return texts;
}

void settle_environment(Config& config, const Variable& variable) {
    for (auto& [key, origin] : config.origins) {
        if (origin.starts_with(prefix)) origin.erase(origin.rfind(':'));
    }
    const char* token = variable("INFLUX_TOKEN");
    if (token == nullptr || *token == '\0') return;
    config.sinks.influx.token = token;
    config.origins["influx.token"] = std::string(prefix) + "INFLUX_TOKEN";
}

}  // namespace clockwright::app
