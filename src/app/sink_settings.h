/// Where what the agent knows goes besides its record, as the configuration says it.
#pragma once

#include <string>
#include <vector>

#include "time/units.h"

namespace clockwright::app {

/// `[metrics]`
struct MetricsSettings {
    std::vector<std::string> compat;  ///< names of other exporters besides ours
    std::string textfile;             ///< for node_exporter's textfile collector; empty: none
};

/// `[files]`: one line each time; empty paths: no such file.
struct FilesSettings {
    std::string csv;                      ///< a row for each poll of each server
    std::string csv_profile = "samples";  ///< samples | ntp-monitor
    std::string csv_server;               ///< only this one's rows; empty: all
    std::string status_log;               ///< this clock and its peers as JSON, once a minute
    int rotate_mb = 10;                   ///< a file that would grow beyond is put aside
    int most_mb = 200;                    ///< of what was put aside, for each file
    Seconds keep{400 * 86400.0};          ///< what was put aside is kept so long
};

/// What every place has that points are pushed to.
struct PushSettings {
    std::string url;                  ///< empty: off
    std::string user, password_file;  ///< Basic; empty: not sent
    std::string token_file;           ///< holds a token; empty: none is sent
    std::vector<std::string> ca;      ///< further trust anchors
    bool plain_http = false;          ///< http also to others than this machine
    Seconds interval{10};             ///< between two posts when all is well
    Seconds time_out{10};
    int batch = 5000;   ///< lines in one post at most
    int spool_mb = 64;  ///< what may wait on disk

    bool is_wanted() const { return !url.empty(); }
};

/// `[influx]`
struct InfluxSettings {
    PushSettings push;                     ///< "http://127.0.0.1:8086"
    std::string database = "clockwright";  ///< of v1
    std::string org, bucket;               ///< a bucket makes it v2
    std::string schema = "telegraf";       ///< telegraf | ntp-monitor
    std::string token;                     ///< of INFLUX_TOKEN; never shown
};

/// `[remote_write]`: the samples of /metrics, to "http://127.0.0.1:9090/api/v1/write".
struct RemoteWriteSettings {
    PushSettings push;
};

/// `[heartbeat]`: a URL that is posted to while all is well; who watches it misses it when it is
/// not.
struct HeartbeatSettings {
    std::string url;          ///< empty: off, or …
    std::string url_file;     ///< … a file that holds it, where the URL is a secret
    bool plain_http = false;  ///< http also to others than this machine
    Seconds interval{300};

    bool is_wanted() const { return !url.empty() || !url_file.empty(); }
};

struct SinkSettings {
    MetricsSettings metrics;
    FilesSettings files;
    InfluxSettings influx;
    RemoteWriteSettings remote_write;
    HeartbeatSettings heartbeat;
};

}  // namespace clockwright::app
