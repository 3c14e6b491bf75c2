#include "app/key_builders.h"
#include "publish/prometheus.h"

namespace clockwright::app {
namespace {

constexpr Seconds a_day{86400};

std::string any_text(const std::string& text) {
    return text.find('\0') == std::string::npos && text.find('\n') == std::string::npos
               ? std::string{}
               : "must be one line";
}

/// node_exporter reads no other names.
std::string textfile_path(const std::string& text) {
    if (text.empty()) return {};
    return text.ends_with(".prom") ? absolute_path(text) : "must end in .prom";
}

/// A whole path, or a name in the directory of logs.
std::string log_place(const std::string& text) {
    if (text.find('/') != std::string::npos || text.starts_with('.')) return optional_path(text);
    return any_text(text);
}

std::vector<std::string> compat_names() {
    return {known_compat().begin(), known_compat().end()};
}

void add_files(std::vector<Key>& keys) {
    keys.push_back(text_key(
        "files", "csv", "a row for each poll of each server; empty: no such file",
        [](auto& c) -> auto& { return c.sinks.files.csv; }, log_place));
    keys.push_back(text_key(
        "files", "csv_profile", "samples | ntp-monitor (timestamp,offset,delay)",
        [](auto& c) -> auto& { return c.sinks.files.csv_profile; },
        one_of({"samples", "ntp-monitor"})));
    keys.push_back(text_key(
        "files", "csv_server", "only this server's rows; empty: all",
        [](auto& c) -> auto& { return c.sinks.files.csv_server; }, any_text));
    keys.push_back(text_key(
        "files", "status_log", "clock, daemon and sources as JSON, a line a minute; empty: none",
        [](auto& c) -> auto& { return c.sinks.files.status_log; }, log_place));
    keys.push_back(int_key(
        "files", "rotate_mb", "a file that would grow beyond is put aside and begun anew",
        [](auto& c) -> auto& { return c.sinks.files.rotate_mb; }, 1, 1024));
    keys.push_back(int_key(
        "files", "most_mb", "what was put aside of one file, at most",
        [](auto& c) -> auto& { return c.sinks.files.most_mb; }, 1, 1'000'000));
    keys.push_back(duration_key("files", "keep", "what was put aside is kept for so long",
                                [](auto& c) -> auto& { return c.sinks.files.keep; },
                                {a_day, 36500 * a_day}));
}

/// What `[influx]` and `[remote_write]` have in common. `push`: gives a Config's place for it.
void add_push(std::vector<Key>& keys, const std::string& section, const std::string& url,
              auto push) {
    keys.push_back(text_key(
        section, "url", url + "; empty: off", [push](auto& c) -> auto& { return push(c).url; },
        any_text));
    keys.push_back(text_key(
        section, "token_file", "holds a token; 0600",
        [push](auto& c) -> auto& { return push(c).token_file; }, optional_path));
    keys.push_back(text_key(
        section, "user", "of Basic authorization; empty: not sent",
        [push](auto& c) -> auto& { return push(c).user; }, any_text));
    keys.push_back(text_key(
        section, "password_file", "holds that user's password; 0600",
        [push](auto& c) -> auto& { return push(c).password_file; }, optional_path));
    keys.push_back(list_key(
        section, "ca", "PEM files of further trust anchors",
        [push](auto& c) -> auto& { return push(c).ca; }, absolute_path));
    keys.push_back(bool_key(section, "plain_http", "http also to other machines: not encrypted",
                            [push](auto& c) -> auto& { return push(c).plain_http; }));
    keys.push_back(duration_key(section, "interval", "between two posts while all is well",
                                [push](auto& c) -> auto& { return push(c).interval; },
                                {Seconds{1}, Seconds{3600}}));
    keys.push_back(duration_key(section, "time_out", "of one post",
                                [push](auto& c) -> auto& { return push(c).time_out; },
                                {Seconds{0.1}, Seconds{60}}));
    keys.push_back(int_key(
        section, "batch", "lines in one post at most",
        [push](auto& c) -> auto& { return push(c).batch; }, 1, 50'000));
    keys.push_back(int_key(
        section, "spool_mb", "what may wait on disk; beyond it the oldest goes, and is counted",
        [push](auto& c) -> auto& { return push(c).spool_mb; }, 1, 100'000));
}

void add_influx(std::vector<Key>& keys) {
    add_push(keys, "influx", "\"http://127.0.0.1:8086\"",
             [](auto& c) -> auto& { return c.sinks.influx.push; });
    keys.push_back(text_key(
        "influx", "database", "of InfluxDB 1",
        [](auto& c) -> auto& { return c.sinks.influx.database; }, any_text));
    keys.push_back(text_key(
        "influx", "bucket", "of InfluxDB 2, with org; then no database is named",
        [](auto& c) -> auto& { return c.sinks.influx.bucket; }, any_text));
    keys.push_back(text_key(
        "influx", "org", "of InfluxDB 2", [](auto& c) -> auto& { return c.sinks.influx.org; },
        any_text));
    keys.push_back(text_key(
        "influx", "schema", "telegraf (its names, and ours) | ntp-monitor",
        [](auto& c) -> auto& { return c.sinks.influx.schema; },
        one_of({"telegraf", "ntp-monitor"})));
}

void add_heartbeat(std::vector<Key>& keys) {
    keys.push_back(text_key(
        "heartbeat", "url", "posted to while all is well; empty: off",
        [](auto& c) -> auto& { return c.sinks.heartbeat.url; }, any_text));
    keys.push_back(text_key(
        "heartbeat", "url_file", "holds that URL where it is a secret; 0600",
        [](auto& c) -> auto& { return c.sinks.heartbeat.url_file; }, optional_path));
    keys.push_back(bool_key("heartbeat", "plain_http", "http also to other machines",
                            [](auto& c) -> auto& { return c.sinks.heartbeat.plain_http; }));
    keys.push_back(duration_key("heartbeat", "interval", "between two posts",
                                [](auto& c) -> auto& { return c.sinks.heartbeat.interval; },
                                {Seconds{1}, a_day}));
}

}  // namespace

std::vector<Key> sink_keys() {
    std::vector<Key> keys{
        text_key(
            "metrics", "textfile", "the text of /metrics in a file named *.prom; empty: none",
            [](auto& c) -> auto& { return c.sinks.metrics.textfile; }, textfile_path),
        list_key(
            "metrics", "compat",
            "also the names of chrony_exporter, ntp_exporter, node_timex, ntpmon",
            [](auto& c) -> auto& { return c.sinks.metrics.compat; }, one_of(compat_names())),
    };
    add_files(keys);
    add_influx(keys);
    add_push(keys, "remote_write", "\"http://127.0.0.1:9090/api/v1/write\"",
             [](auto& c) -> auto& { return c.sinks.remote_write.push; });
    add_heartbeat(keys);
    return keys;
}

}  // namespace clockwright::app
