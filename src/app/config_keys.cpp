#include "app/config_keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/key_builders.h"
#include "time/host_name.h"

namespace clockwright::app {
namespace {

std::string control_place(const std::string& text) {
    if (text.empty() || text.front() == '/') return optional_path(text);
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

void add_record_keys(std::vector<Key>& keys) {
    constexpr Seconds a_day{86400}, for_ever = 36500 * a_day;
    keys.push_back(duration_key("record", "keep", "samples and looks at this clock, row by row",
                                [](auto& c) -> auto& { return c.record.raw; }, {a_day, for_ever}));
    keys.push_back(duration_key("record", "keep_minutes", "what was rolled up into minutes",
                                [](auto& c) -> auto& { return c.record.minute; },
                                {a_day, for_ever}));
    keys.push_back(duration_key("record", "keep_hours",
                                "what was rolled up into hours; verdicts, events, alerts, runs",
                                [](auto& c) -> auto& { return c.record.hour; }, {a_day, for_ever}));
    keys.push_back(int_key(
        "record", "most_mb", "above this size the oldest day goes first",
        [](auto& c) -> auto& { return c.record.most_mb; }, 16, 1'000'000));
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
            "daemon", "config", "its configuration file; empty: found by itself",
            [](auto& c) -> auto& { return c.daemon.config; }, optional_path),
        text_key(
            "daemon", "control", "its control socket, or ADDRESS:PORT; empty: where it always is",
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
        duration_key("apply", "verify_timeout", "how long a change may take to prove itself",
                     [](auto& c) -> auto& { return c.apply.verify_timeout; },
                     {Seconds{1}, Seconds{3600}}),
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
        list_key(
            "agent", "names", "names HTTP is asked by, besides loopback and the address",
            [](auto& c) -> auto& { return c.agent.names; }, host_text),
        text_key(
            "agent", "apply", "off | propose | auto",
            [](auto& c) -> auto& { return c.agent.apply; }, one_of({"off", "propose", "auto"})),
        bool_key("agent", "discipline", "steer the clock where no daemon does",
                 [](auto& c) -> auto& { return c.agent.discipline; }),
        bool_key("agent", "watchdog", "start a dead time daemon again, at most three times in 6 h",
                 [](auto& c) -> auto& { return c.agent.watchdog; }),
        text_key(
            "alert", "class", "leaf | server | regulated-50ms | regulated-100us: limits of rules",
            [](auto& c) -> auto& { return c.alert.host_class; },
            one_of({"leaf", "server", "regulated-50ms", "regulated-100us"})),
        duration_key("alert", "repeat", "what still fires is told again after so long; 0s: never",
                     [](auto& c) -> auto& { return c.alert.repeat; },
                     {Seconds{60}, Seconds{30 * 24 * 3600.0}, true}),
        text_key(
            "log", "level", "error | warning | info | debug: what less is, the agent does not log",
            [](auto& c) -> auto& { return c.log.level; },
            one_of({"error", "warning", "info", "debug"})),
        duration_key("audit", "keep", "the audit chain is kept for so long; 0s: for ever",
                     [](auto& c) -> auto& { return c.audit.keep; },
                     {Seconds{7 * 86400.0}, Seconds{36500 * 86400.0}, true}),
        text_key(
            "audit", "key", "a private Ed25519 key (PEM, 0600) that signs the head once a day",
            [](auto& c) -> auto& { return c.audit.key; }, optional_path),
    };
}

}  // namespace

const std::vector<Key>& config_keys() {
    static const std::vector<Key> keys = [] {
        std::vector<Key> all = make_keys();
        add_record_keys(all);
        std::ranges::move(sink_keys(), std::back_inserter(all));
        return all;
    }();
    return keys;
}

}  // namespace clockwright::app
