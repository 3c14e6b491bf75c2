/// Where alerts are sent, as the configuration says it; `alert_channels.h` obeys it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "time/units.h"
#include "watch/alert.h"

namespace clockwright::app {

/// `[[alert.exec]]`: a program that is given each alert on its stdin.
struct ExecSettings {
    std::vector<std::string> command;              ///< an absolute program and its arguments
    AlertSeverity severity = AlertSeverity::info;  ///< less severe alerts are not for it
    Seconds time_out{10};
};

/// `[alert.alertmanager]`
struct AlertmanagerSettings {
    std::string url;  ///< "http://127.0.0.1:9093": where the API is
    AlertSeverity severity = AlertSeverity::info;
    Seconds time_out{10};
    std::map<std::string, std::string> labels;  ///< put on every alert
    std::vector<std::string> ca;                ///< further trust anchors
    std::string token_file;                     ///< holds a bearer token; empty: none is sent
    bool plain_http = false;                    ///< http also to others than this machine
};

struct ChannelSettings {
    std::vector<ExecSettings> exec;
    std::optional<AlertmanagerSettings> alertmanager;
};

}  // namespace clockwright::app
