#include "app/config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/config_alert.h"
#include "app/config_channels.h"
#include "app/config_keys.h"
#include "app/service_places.h"
#include "find/post_url.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

/// Collects "file:line: key: what is wrong" over all files.
class Faults {
  public:
    void add(const std::string& file, const toml::source_region& where, const std::string& what) {
        lines_.push_back(fmt::format("{}:{}: {}", file, where.begin.line, what));
    }
    /// Of a key that is set, where it was set.
    void add(const Config& config, const std::string& key, const std::string& what) {
        lines_.push_back(fmt::format("{}: {}: {}", config.origins.at(key), key, what));
    }
    /// Of a key, whose value is then not to be relied on.
    void add(const std::string& file, const toml::source_region& where, const std::string& key,
             const std::string& what) {
        add(file, where, key + ": " + what);
        faulty_keys_.push_back(key);
    }
    /// Nothing is known of any key of such a file.
    void add_unreadable(const std::string& file, const toml::parse_error& error) {
        add(file, error.source(), printable(error.description()));
        faulty_keys_.emplace_back();
    }
    /// Whether this key, or one of this section ("influx."), may be other than it seems.
    bool concern(std::string_view place) const {
        return std::ranges::any_of(faulty_keys_, [&](const std::string& key) {
            return key.empty() || key.starts_with(place);
        });
    }
    /// For readers that write such lines themselves.
    std::vector<std::string>& lines() { return lines_; }
    bool any() const { return !lines_.empty(); }
    std::string text() const { return fmt::format("{}", fmt::join(lines_, "\n")); }

  private:
    std::vector<std::string> lines_, faulty_keys_;
};

std::optional<Value> value_of(const toml::node& node) {
    if (const auto* flag = node.as_boolean()) return Value{flag->get()};
    if (const auto* whole = node.as_integer()) return Value{whole->get()};
    if (const auto* real = node.as_floating_point()) return Value{real->get()};
    if (const auto* text = node.as_string()) return Value{text->get()};
    if (const auto* list = node.as_array()) {
        std::vector<std::string> items;
        for (const auto& item : *list) {
            const auto* text = item.as_string();
            if (text == nullptr) return std::nullopt;
            items.push_back(text->get());
        }
        return Value{std::move(items)};
    }
    return std::nullopt;
}

void read_section(Config& config, const std::string& file, const std::string& section,
                  const toml::table& table, Faults& faults) {
    for (const auto& [name, node] : table) {
        if (is_channel_table(section, name.str())) {
            read_channel_table(config, file, name.str(), node, faults.lines());
            continue;
        }
        const std::string path = section + "." + printable(name.str());
        const auto key = std::ranges::find_if(config_keys(), [&](const Key& k) {
            return k.section == section && k.name == name.str();
        });
        if (key == config_keys().end()) {
            faults.add(file, name.source(), path, "no such key");
            continue;
        }
        const auto value = value_of(node);
        const std::string wrong = value ? key->store(config, *value) : "has a type no key has";
        if (wrong.empty()) {
            config.origins[path] = fmt::format("{}:{}", file, name.source().begin.line);
        } else {
            faults.add(file, name.source(), path, wrong);
        }
    }
}

void read_text(Config& config, const ConfigText& text, Faults& faults) {
    try {
        const toml::table table = toml::parse(text.toml, text.file);
        read_rules(config, text.file, text.toml, faults.lines());
        for (const auto& [section, node] : table) {
            if (section.str() == "rule") continue;
            const bool known = std::ranges::any_of(
                config_keys(), [&](const Key& key) { return key.section == section.str(); });
            if (!known || !node.is_table()) {
                faults.add(
                    text.file, section.source(),
                    printable(section.str()) + (known ? ": must be a table" : ": no such section"));
                continue;
            }
            read_section(config, text.file, std::string(section.str()), *node.as_table(), faults);
        }
    } catch (const toml::parse_error& error) {
        faults.add_unreadable(text.file, error);
    }
}

/// What the keys of a place that is pushed to make together.
std::string wrong_with(const PushSettings& push) {
    if (push.url.empty()) return {};
    const auto good = check_post_url(push.url, push.plain_http);
    return good ? std::string{} : good.error().message;
}

std::string wrong_with(const HeartbeatSettings& heartbeat) {
    if (heartbeat.url.empty()) return {};
    if (!heartbeat.url_file.empty()) return "stands beside url_file: one of them is enough";
    const auto good = check_post_url(heartbeat.url, heartbeat.plain_http);
    return good ? std::string{} : good.error().message;
}

std::string wrong_with(const InfluxSettings& influx) {
    if (influx.push.url.empty()) return {};
    if (std::string wrong = wrong_with(influx.push); !wrong.empty()) return wrong;
    if (influx.push.url.find('?') != std::string::npos) return "must not hold a query";
    if (influx.bucket.empty() != influx.org.empty()) return "bucket and org belong together";
    return {};
}

void settle_numbers(Config& config, Faults& faults) {
    int& count = config.select.count;
    int& minimum = config.select.minimum;
    if (!config.is_set("select.minimum")) minimum = std::min(minimum, count);
    if (!config.is_set("select.count")) count = std::max(count, minimum);
    if (minimum > count) {
        faults.add(config, "select.minimum",
                   fmt::format("{} is more than select.count, {} ({})", minimum, count,
                               config.origins.at("select.count")));
    }
}

/// What one key alone implies for its neighbour, and faults that only show when all are known: of
/// those keys that have none by themselves.
void settle_together(Config& config, Faults& faults) {
    if (!faults.concern("select.count") && !faults.concern("select.minimum"))
        settle_numbers(config, faults);
    for (const auto& [section, wrong] :
         {std::pair("influx.", wrong_with(config.sinks.influx)),
          std::pair("remote_write.", wrong_with(config.sinks.remote_write.push)),
          std::pair("heartbeat.", wrong_with(config.sinks.heartbeat))}) {
        if (!wrong.empty() && !faults.concern(section))
            faults.add(config, std::string(section) + "url", wrong);
    }
    if (faults.concern("daemon.restart")) return;
    if (!config.daemon.restart.empty() && !config.daemon.restart.front().starts_with('/')) {
        faults.add(config, "daemon.restart", "the program must be an absolute path");
    }
}

std::optional<int> minute_of(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    int hour = 0, minute = 0;
    const auto first = std::from_chars(text.data(), text.data() + 2, hour);
    const auto second = std::from_chars(text.data() + 3, text.data() + 5, minute);
    if (first.ptr != text.data() + 2 || second.ptr != text.data() + 5) return std::nullopt;
    if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || hour * 60 + minute > 24 * 60) {
        return std::nullopt;
    }
    return hour * 60 + minute;
}

}  // namespace

Result<Config> read_config(const std::vector<ConfigText>& texts) {
    Config config;
    Faults faults;
    for (const ConfigText& text : texts) read_text(config, text, faults);
    settle_together(config, faults);
    if (faults.any()) return fail(Fault::bad_input, faults.text());
    return config;
}

std::string show_config(const Config& config) {
    std::string out;
    for (const Key& key : config_keys()) {
        const auto origin = config.origins.find(key.path());
        out += fmt::format("{:<24} = {:<36} # {}\n", key.path(), key.show(config),
                           origin == config.origins.end() ? "default" : origin->second);
    }
    for (const auto& [path, value] : shown_tables(config))
        out += fmt::format("{:<24} = {} # {}\n", path, inline_toml(value), config.origins.at(path));
    return out;
}

std::string config_json(const Config& config) {
    nlohmann::ordered_json json;
    for (const Key& key : config_keys()) {
        const auto origin = config.origins.find(key.path());
        // A value as TOML writes it here is JSON too: strings, numbers, flags and lists of strings.
        json[key.path()] = {
            {"value", nlohmann::ordered_json::parse(key.show(config))},
            {"origin", origin == config.origins.end() ? "default" : origin->second}};
    }
    for (const auto& [path, value] : shown_tables(config))
        json[path] = {{"value", value}, {"origin", config.origins.at(path)}};
    return json.dump(2) + "\n";
}

std::string config_template() {
    std::string out =
        "# Clockwright. Every key is shown at its default; remove the '#' to change it.\n";
    std::string section;
    Config defaults;
    defaults.state.directory = system_state;  // of root, to whom the file belongs
    for (const Key& key : config_keys()) {
        if (key.section != section) {
            section = key.section;
            out += fmt::format("\n[{}]\n", section);
        }
        out += fmt::format("# {}\n#{} = {}\n", key.comment, key.name, key.show(defaults));
    }
    return out + tables_template();
}

Result<Window> parse_window(std::string_view text) {
    Window window;
    if (text.empty()) return window;
    static constexpr std::array days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    std::string_view rest = text;
    for (std::size_t day = 0; day < days.size(); ++day) {
        if (rest.starts_with(days[day]) && rest.substr(3).starts_with(' ')) {
            window.weekday = static_cast<int>(day);
            rest.remove_prefix(4);
            break;
        }
    }
    const auto from =
        rest.size() == 11 && rest[5] == '-' ? minute_of(rest.substr(0, 5)) : std::nullopt;
    const auto to = from ? minute_of(rest.substr(6)) : std::nullopt;
    if (!from || !to || *from == *to) {
        return fail(Fault::bad_input, fmt::format("\"{}\" is not a window like \"Sat 02:00-04:00\"",
                                                  printable(text)));
    }
    window.from = *from;
    window.to = *to;
    return window;
}

bool is_open(const Window& window, int weekday, int minute) {
    const bool over_midnight = window.to < window.from;
    const bool in_first_part = minute >= window.from && (over_midnight || minute < window.to);
    if (in_first_part && (window.weekday < 0 || window.weekday == weekday)) return true;
    const bool in_second_part = over_midnight && minute < window.to;
    return in_second_part && (window.weekday < 0 || (window.weekday + 1) % 7 == weekday);
}

}  // namespace clockwright::app
