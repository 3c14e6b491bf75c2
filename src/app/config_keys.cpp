#include "app/config_keys.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "time/host_name.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

using Part = std::function<std::string(const std::string&)>;  // what is wrong with one text

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') out += '\\';
        out += letter;
    }
    return out + '"';
}

std::string list_text(const std::vector<std::string>& items) {
    std::vector<std::string> shown;
    std::ranges::transform(items, std::back_inserter(shown), quoted);
    return fmt::format("[{}]", fmt::join(shown, ", "));
}

template <class Member>
Key text_key(std::string section, std::string name, std::string comment, Member member,
             const Part& check) {
    return {std::move(section), std::move(name), std::move(comment),
            [member, check](Config& config, const Value& value) -> std::string {
                const auto* text = std::get_if<std::string>(&value);
                if (text == nullptr) return "must be a string";
                if (auto wrong = check(*text); !wrong.empty()) return wrong;
                member(config) = *text;
                return {};
            },
            [member](const Config& config) { return quoted(member(config)); }};
}

template <class Member>
Key list_key(std::string section, std::string name, std::string comment, Member member,
             const Part& check) {
    return {std::move(section), std::move(name), std::move(comment),
            [member, check](Config& config, const Value& value) -> std::string {
                const auto* list = std::get_if<std::vector<std::string>>(&value);
                if (list == nullptr) return "must be a list of strings";
                for (const std::string& item : *list) {
                    if (auto wrong = check(item); !wrong.empty()) return wrong;
                }
                member(config) = *list;
                return {};
            },
            [member](const Config& config) { return list_text(member(config)); }};
}

template <class Member>
Key bool_key(std::string section, std::string name, std::string comment, Member member) {
    return {std::move(section), std::move(name), std::move(comment),
            [member](Config& config, const Value& value) -> std::string {
                const auto* flag = std::get_if<bool>(&value);
                if (flag == nullptr) return "must be true or false";
                member(config) = *flag;
                return {};
            },
            [member](const Config& config) {
                return member(config) ? std::string("true") : std::string("false");
            }};
}

template <class Member>
Key int_key(std::string section, std::string name, std::string comment, Member member, int low,
            int high) {
    return {std::move(section), std::move(name), std::move(comment),
            [member, low, high](Config& config, const Value& value) -> std::string {
                const auto* number = std::get_if<std::int64_t>(&value);
                if (number == nullptr) return "must be a whole number";
                if (*number < low || *number > high) {
                    return fmt::format("{} is not within {} and {}", *number, low, high);
                }
                member(config) = static_cast<int>(*number);
                return {};
            },
            [member](const Config& config) { return std::to_string(member(config)); }};
}

Part one_of(std::vector<std::string> words) {
    return [words = std::move(words)](const std::string& text) -> std::string {
        if (std::ranges::find(words, text) != words.end()) return {};
        return fmt::format("\"{}\" is not one of {}", printable(text), fmt::join(words, ", "));
    };
}

std::string absolute_path(const std::string& text) {
    if (text.empty() || text.front() != '/') return "must be an absolute path";
    if (text.find('\0') != std::string::npos || text.find('\n') != std::string::npos) {
        return "must not hold control characters";
    }
    return {};
}

std::string control_place(const std::string& text) {
    if (!text.empty() && text.front() == '/') return absolute_path(text);
    const auto host = parse_host(text);
    if (host && is_address_literal(*host)) return {};
    return "must be the path of a socket or an address with its port";
}

std::string host_text(const std::string& text) {
    const auto host = parse_host(text);
    return host ? std::string{} : host.error().message;
}

std::string listen_place(const std::string& text) {
    if (text.empty()) return {};
    const auto host = parse_host(text);
    return host && is_address_literal(*host) ? std::string{} : "must be ADDRESS:PORT";
}

std::string window_text(const std::string& text) {
    const auto window = parse_window(text);
    return window ? std::string{} : window.error().message;
}

Key verify_timeout_key() {
    return {"apply", "verify_timeout", "how long a change may take to prove itself",
            [](Config& config, const Value& value) -> std::string {
                const auto* text = std::get_if<std::string>(&value);
                const auto duration = text != nullptr ? parse_duration(*text) : std::nullopt;
                if (!duration) return "must be a duration like \"60s\"";
                if (*duration < Seconds{1} || *duration > Seconds{3600}) {
                    return "must lie between 1s and 1h";
                }
                config.apply.verify_timeout = *duration;
                return {};
            },
            [](const Config& config) {
                const auto milliseconds = std::llround(config.apply.verify_timeout.count() * 1e3);
                return milliseconds % 1000 == 0 ? fmt::format("\"{}s\"", milliseconds / 1000)
                                                : fmt::format("\"{}ms\"", milliseconds);
            }};
}

Key gain_key() {
    return {"select", "gain", "a better set must win by this share of the expected error ...",
            [](Config& config, const Value& value) -> std::string {
                double gain = 0;
                if (const auto* real = std::get_if<double>(&value)) {
                    gain = *real;
                } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
                    gain = static_cast<double>(*whole);
                } else {
                    return "must be a number";
                }
                if (!(gain >= 0 && gain < 1)) return "must lie within 0 and 1";
                config.select.gain = gain;
                return {};
            },
            [](const Config& config) { return fmt::format("{}", config.select.gain); }};
}

std::vector<Key> make_keys() {
    return {
        text_key(
            "state", "directory", "where the record of changes lives",
            [](auto& c) -> auto& { return c.state.directory; }, absolute_path),
        text_key(
            "daemon", "kind", "auto | chrony | ntpsec | timesyncd | openntpd | ntpd-rs | w32time",
            [](auto& c) -> auto& { return c.daemon.kind; },
            one_of({"auto", "chrony", "ntpsec", "timesyncd", "openntpd", "ntpd-rs", "w32time"})),
        text_key(
            "daemon", "config", "its configuration file; found by itself when left out",
            [](auto& c) -> auto& { return c.daemon.config; }, absolute_path),
        text_key(
            "daemon", "control", "its control socket, or ADDRESS:PORT",
            [](auto& c) -> auto& { return c.daemon.control; }, control_place),
        list_key(
            "daemon", "restart", "how to restart it: an absolute program and its arguments",
            [](auto& c) -> auto& { return c.daemon.restart; },
            [](const std::string& text) {
                return text.find('\0') == std::string::npos ? std::string{}
                                                            : "must not hold a zero byte";
            }),
        list_key(
            "candidates", "hosts", "\"name\", \"name:port\"; always candidates, taken as permitted",
            [](auto& c) -> auto& { return c.candidates.hosts; }, host_text),
        bool_key("candidates", "discover", "also what this machine knows: daemon, leases, platform",
                 [](auto& c) -> auto& { return c.candidates.discover; }),
        bool_key("candidates", "internet", "the catalogue and a pool zone too",
                 [](auto& c) -> auto& { return c.candidates.internet; }),
        list_key(
            "candidates", "allow", "not empty: only these",
            [](auto& c) -> auto& { return c.candidates.allow; }, host_text),
        text_key(
            "select", "profile", "balanced | reliable | low-latency | dev",
            [](auto& c) -> auto& { return c.select.profile; },
            one_of({"balanced", "reliable", "low-latency", "dev"})),
        text_key(
            "select", "trust_domain", "auto | public | internal | platform",
            [](auto& c) -> auto& { return c.select.trust_domain; },
            one_of({"auto", "public", "internal", "platform"})),
        int_key(
            "select", "count", "how many sources are wanted",
            [](auto& c) -> auto& { return c.select.count; }, 1, 16),
        int_key(
            "select", "minimum",
            "what must be reached; internal: what the owner provides, at least 2",
            [](auto& c) -> auto& { return c.select.minimum; }, 1, 16),
        int_key(
            "select", "max_stratum", "internal: 8",
            [](auto& c) -> auto& { return c.select.max_stratum; }, 1, 15),
        text_key(
            "select", "nts", "off | prefer | require",
            [](auto& c) -> auto& { return c.select.nts; }, one_of({"off", "prefer", "require"})),
        gain_key(),
        int_key(
            "select", "confirmations", "... in this many scans on end",
            [](auto& c) -> auto& { return c.select.confirmations; }, 1, 100),
        verify_timeout_key(),
        text_key(
            "apply", "managed", "refuse | ours: what to do with files another program manages",
            [](auto& c) -> auto& { return c.apply.managed; }, one_of({"refuse", "ours"})),
        text_key(
            "apply", "window", "\"Sat 02:00-04:00\": changes are made then only; empty: always",
            [](auto& c) -> auto& { return c.apply.window; }, window_text),
        text_key(
            "agent", "mode", "lazy | normal | fast | ultrafast",
            [](auto& c) -> auto& { return c.agent.mode; },
            one_of({"lazy", "normal", "fast", "ultrafast"})),
        list_key(
            "agent", "watch", "further servers to watch",
            [](auto& c) -> auto& { return c.agent.watch; }, host_text),
        text_key(
            "agent", "listen", "\"127.0.0.1:8123\" turns HTTP on",
            [](auto& c) -> auto& { return c.agent.listen; }, listen_place),
        text_key(
            "agent", "apply", "off | propose | auto",
            [](auto& c) -> auto& { return c.agent.apply; }, one_of({"off", "propose", "auto"})),
        bool_key("agent", "discipline", "steer the clock where no daemon does",
                 [](auto& c) -> auto& { return c.agent.discipline; }),
        bool_key("agent", "watchdog", "start a dead time daemon again, at most three times in 6 h",
                 [](auto& c) -> auto& { return c.agent.watchdog; }),
    };
}

}  // namespace

const std::vector<Key>& config_keys() {
    static const std::vector<Key> keys = make_keys();
    return keys;
}

}  // namespace clockwright::app
