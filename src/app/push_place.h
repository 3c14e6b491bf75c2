/// A place that points are pushed to, as its post and what is said of it.
#pragma once

#include <functional>
#include <string>

#include "app/sink_settings.h"
#include "publish/pusher.h"

namespace clockwright::app {

struct PushPlace {
    std::string name;     ///< "InfluxDB": in what the log says
    std::string section;  ///< of the configuration: "influx"
    PushSettings settings;
    bool in_order = false;  ///< it takes no sample that is older than what it has
    /// Posts whole lines, each with its newline. It may wait; it shares nothing with anybody.
    std::function<PushAnswer(const std::string& lines)> post;
};

PushPlace influx_place(const InfluxSettings& settings);
PushPlace remote_write_place(const RemoteWriteSettings& settings);

/// "…/write?db=…&precision=ns", or with a bucket "…/api/v2/write?org=…&bucket=…&precision=ns".
std::string write_url(const InfluxSettings& settings);

}  // namespace clockwright::app
