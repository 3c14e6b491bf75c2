/// What is known as metrics for Prometheus: one text for `/metrics` and for a textfile.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "publish/metric_text.h"
#include "publish/snapshot.h"

namespace clockwright {

/// What a metric is made from.
struct MetricsView {
    const Snapshot& snapshot;
    WallTime now;
    bool fresh = false;  ///< the cycles go on; if not, nothing is claimed of now
};

/// One server as metrics see it, with its labels written already.
struct MetricsServer {
    const ScanRow& row;
    const WatchedServer* watched = nullptr;  ///< null: not watched
    std::string labels;                      ///< `server="…",address="…"`
};

/// One metric: its value for this host, for each server, or its own lines.
struct Metric {
    std::string_view name;  ///< after "clockwright_"; ends with the unit
    std::string_view unit;  ///< empty: a number without one
    MetricKind kind = MetricKind::gauge;
    std::string_view help;
    std::optional<double> (*of_host)(const MetricsView&) = nullptr;
    std::optional<double> (*of_server)(const MetricsServer&) = nullptr;
    void (*lines)(const MetricsView&, MetricText&) = nullptr;
};

/// All of our own, in the order they are written.
std::span<const Metric> own_metrics();

/// Names of other exporters whose metrics can be had besides: "chrony_exporter", "ntp_exporter",
/// "node_timex", "ntpmon".
std::span<const std::string_view> known_compat();

/// `snapshot` null: no cycle is complete yet, and there is little to tell.
std::string prometheus_text(const Snapshot* snapshot, WallTime now,
                            const std::set<std::string>& compat = {});

}  // namespace clockwright
