/// Every setting of the program: defaults, one TOML file, drop-ins; each value knows its origin.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/channel_settings.h"
#include "app/sink_settings.h"
#include "result.h"
#include "store/retention_settings.h"
#include "time/units.h"
#include "watch/rule_config.h"

namespace clockwright::app {

struct Config {
    struct State {
        std::string directory;  ///< filled from the user's rights when no file says it
    } state;
    struct Daemon {
        std::string kind = "auto";
        std::string config, control;  ///< empty: found by looking
        std::vector<std::string> restart = {"/usr/bin/systemctl", "restart", "chrony"};
    } daemon;
    struct Candidates {
        std::vector<std::string> hosts;
        bool discover = true, internet = false;
        std::vector<std::string> allow;  ///< not empty: only these
    } candidates;
    struct Select {
        std::string profile = "balanced", trust_domain = "auto";
        int count = 5, minimum = 4, max_stratum = 4;
        std::string nts = "prefer";
        double gain = 0.15;
        int confirmations = 2;
    } select;
    struct Apply {
        Seconds verify_timeout{60};
        std::string managed = "refuse", window;
    } apply;
    struct Agent {
        std::string mode = "normal";
        std::vector<std::string> watch;
        std::string listen, apply = "off";
        std::vector<std::string> names;  ///< it is asked by, besides its address
        bool discipline = false;
        bool watchdog = false;  ///< a dead time daemon is started again
    } agent;
    struct Alert {
        std::string host_class = "leaf";  ///< the key is `class`
        Seconds repeat{4 * 3600.0};       ///< 0: never
        ChannelSettings channels;
    } alert;
    store::RetentionSettings record;
    struct Log {
        std::string level = "info";  ///< error | warning | info | debug
    } log;
    struct Audit {
        Seconds keep{0};  ///< files of the chain that are older are removed; 0: never
        std::string key;  ///< a private Ed25519 key that signs the head once a day; empty: none
    } audit;
    SinkSettings sinks;              ///< `metrics`, `files`, `influx`, `remote_write`, `heartbeat`
    std::vector<RuleSetting> rules;  ///< in the order of the files

    /// "select.minimum" → "/etc/clockwright/clockwright.toml:12", "command line"; absent: default.
    std::map<std::string, std::string> origins;
    std::vector<std::string> remarks;  ///< variables of other programs that mean nothing here

    bool is_set(const std::string& key) const { return origins.contains(key); }
};

/// A file to read, in order: later ones win, lists are replaced.
struct ConfigText {
    std::string file;
    std::string toml;
};

/// Reads the texts over the defaults. All faults at once, one per line, "file:line: key: what is
/// wrong" (Fault::bad_input); an unknown key is one.
Result<Config> read_config(const std::vector<ConfigText>& texts);

/// The main file (`path`, or the default place when empty) and its drop-ins `<path>.d/*.toml`,
/// read as trusted files. A given path must exist; the default one need not.
Result<Config> load_config(const std::string& path);

/// An agent that reads its configuration anew keeps its state and listens where it does. True:
/// `config` says otherwise.
bool keep_places(Config& config, const Config& running);

inline constexpr const char* default_config_file = "/etc/clockwright/clockwright.toml";

/// One line per key: `select.minimum = 4   # default`.
std::string show_config(const Config& config);

/// {"select.minimum": {"value": 4, "origin": "default"}, …}
std::string config_json(const Config& config);

/// A commented file with every key at its default, for `config init`.
std::string config_template();

/// `[apply] window`: "Sat 02:00-04:00" in local time; empty: always.
struct Window {
    int weekday = -1;            ///< 0 Sunday … 6; −1 every day
    int from = 0, to = 24 * 60;  ///< minutes of the day; `to` < `from` runs over midnight
};
Result<Window> parse_window(std::string_view text);
bool is_open(const Window& window, int weekday, int minute);

}  // namespace clockwright::app
