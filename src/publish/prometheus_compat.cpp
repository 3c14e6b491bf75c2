#include "publish/prometheus_compat.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace clockwright {
namespace {

using Value = std::optional<double>;
using Tracking = const DaemonTracking&;
using Listed = const DaemonSource&;

constexpr std::array<std::string_view, 4> exporters = {"chrony_exporter", "ntp_exporter",
                                                       "node_timex", "ntpmon"};

double epoch_seconds(WallTime at) {
    return Seconds(at.time_since_epoch()).count();
}

Seconds maximum_error(Tracking t) {
    return Seconds(std::abs(t.offset.count())) + t.root_dispersion + t.root_delay / 2;
}

/// One value for the host, of what the daemon says of its clock.
struct HostMetric {
    std::string_view exporter, name, help;
    Value (*value)(Tracking);  ///< empty: the daemon does not tell
};

constexpr auto host_metrics = std::to_array<HostMetric>({
    {"chrony_exporter", "chrony_tracking_system_time_seconds", "Current correction; above 0 slow.",
     [](Tracking t) -> Value { return t.offset.count(); }},
    {"chrony_exporter", "chrony_tracking_last_offset_seconds", "Offset of the last update.",
     [](Tracking t) -> Value { return -t.last_offset.count(); }},
    {"chrony_exporter", "chrony_tracking_rms_offset_seconds", "Long-term average of offsets.",
     [](Tracking t) -> Value { return t.rms_offset.count(); }},
    {"chrony_exporter", "chrony_tracking_root_delay_seconds", "Root delay.",
     [](Tracking t) -> Value { return t.root_delay.count(); }},
    {"chrony_exporter", "chrony_tracking_root_dispersion_seconds", "Root dispersion.",
     [](Tracking t) -> Value { return t.root_dispersion.count(); }},
    {"chrony_exporter", "chrony_tracking_reference_timestamp_seconds", "Time of the last update.",
     [](Tracking t) -> Value { return epoch_seconds(t.reference_time); }},
    {"chrony_exporter", "chrony_tracking_frequency_ppms", "Frequency error; above 0 fast.",
     [](Tracking t) -> Value { return t.frequency ? Value(-t.frequency->value) : std::nullopt; }},
    {"chrony_exporter", "chrony_tracking_skew_ppms", "Error bound of the frequency.",
     [](Tracking t) -> Value { return t.skew ? Value(t.skew->value) : std::nullopt; }},
    {"chrony_exporter", "chrony_tracking_update_interval_seconds", "Time between updates.",
     [](Tracking t) -> Value { return t.update_interval.count(); }},
    {"chrony_exporter", "chrony_tracking_stratum", "Stratum.",
     [](Tracking t) -> Value { return static_cast<double>(t.stratum); }},
    {"node_timex", "node_timex_sync_status", "1 when the clock is synchronised.",
     [](Tracking t) -> Value { return t.synchronised() ? 1.0 : 0.0; }},
    {"node_timex", "node_timex_offset_seconds", "Local system clock offset.",
     [](Tracking t) -> Value { return t.offset.count(); }},
    {"node_timex", "node_timex_maxerror_seconds", "Maximum error.",
     [](Tracking t) -> Value { return maximum_error(t).count(); }},
    {"node_timex", "node_timex_frequency_adjustment_ratio", "Local clock frequency adjustment.",
     [](Tracking t) -> Value {
         return t.frequency ? Value(1 + t.frequency->value * 1e-6) : std::nullopt;
     }},
    {"ntpmon", "ntpmon_sysoffset_seconds", "Offset of the system clock.",
     [](Tracking t) -> Value { return t.offset.count(); }},
    {"ntpmon", "ntpmon_rootdelay_seconds", "Root delay.",
     [](Tracking t) -> Value { return t.root_delay.count(); }},
    {"ntpmon", "ntpmon_rootdisp_seconds", "Root dispersion.",
     [](Tracking t) -> Value { return t.root_dispersion.count(); }},
    {"ntpmon", "ntpmon_stratum", "Stratum.",
     [](Tracking t) -> Value { return static_cast<double>(t.stratum); }},
});

/// One value for each source the daemon lists.
struct SourceMetric {
    std::string_view exporter, name, help;
    Value (*value)(Listed);
};

constexpr auto source_metrics = std::to_array<SourceMetric>({
    {"chrony_exporter", "chrony_sources_last_sample_age_seconds", "Age of the last sample.",
     [](Listed s) { return s.last_sample ? Value(s.last_sample->count()) : std::nullopt; }},
    {"chrony_exporter", "chrony_sources_last_sample_offset_seconds",
     "Offset of the last sample; above 0 the clock is ahead.",
     [](Listed s) { return s.last_sample ? Value(-s.offset.count()) : std::nullopt; }},
    {"chrony_exporter", "chrony_sources_last_sample_error_margin_seconds",
     "Error margin of the last sample.",
     [](Listed s) { return s.last_sample ? Value(s.error.count()) : std::nullopt; }},
    {"chrony_exporter", "chrony_sources_polling_interval_seconds", "Polling interval.",
     [](Listed s) { return Value(std::ldexp(1.0, s.poll)); }},
    {"chrony_exporter", "chrony_sources_reachability_ratio", "Share of the last eight polls.",
     [](Listed s) { return Value(std::popcount(s.reach) / 8.0); }},
    {"chrony_exporter", "chrony_sources_reachability_success", "1 when the last poll was answered.",
     [](Listed s) { return Value((s.reach & 1U) != 0 ? 1 : 0); }},
    {"chrony_exporter", "chrony_sources_stratum", "Stratum.",
     [](Listed s) { return Value(s.stratum); }},
});

/// One value for each watched server, under the label `server`.
struct ServerMetric {
    std::string_view exporter, name, help;
    double (*value)(const ServerStats&);
};

constexpr auto server_metrics = std::to_array<ServerMetric>({
    {"ntp_exporter", "ntp_drift_seconds", "Difference between the server and this clock.",
     [](const ServerStats& s) { return s.offset.count(); }},
    {"ntp_exporter", "ntp_rtt_seconds", "Round trip time.",
     [](const ServerStats& s) { return s.delay_min.count(); }},
    {"ntp_exporter", "ntp_stratum", "Stratum.",
     [](const ServerStats& s) { return static_cast<double>(s.stratum); }},
    {"ntp_exporter", "ntp_root_delay_seconds", "Root delay.",
     [](const ServerStats& s) { return s.root_delay.count(); }},
    {"ntp_exporter", "ntp_root_dispersion_seconds", "Root dispersion.",
     [](const ServerStats& s) { return s.root_dispersion.count(); }},
    {"ntp_exporter", "ntp_root_distance_seconds", "Root distance.",
     [](const ServerStats& s) { return s.root_distance.count(); }},
    {"ntp_exporter", "ntp_leap", "Leap indicator.",
     [](const ServerStats& s) { return static_cast<double>(s.leap); }},
});

std::vector<std::string> source_labels(const DaemonState& state) {
    std::vector<std::string> all;
    for (const DaemonSource& source : state.sources) {
        std::string labels = labels_text(
            {{"source_address", source.address ? to_string(*source.address) : source.name},
             {"source_name", source.name}});
        all.push_back(std::ranges::find(all, labels) != all.end() ? std::string()
                                                                  : std::move(labels));
    }
    return all;
}

void add_daemon(MetricText& text, const DaemonState& state, const std::set<std::string>& compat) {
    for (const HostMetric& metric : host_metrics) {
        const Value value = metric.value(state.tracking);
        if (!value || !compat.contains(std::string(metric.exporter))) continue;
        text.family("", metric.name, MetricKind::gauge, metric.help);
        text.sample(*value);
    }
    const std::vector<std::string> labels = source_labels(state);
    for (const SourceMetric& metric : source_metrics) {
        if (!compat.contains(std::string(metric.exporter))) continue;
        text.family("", metric.name, MetricKind::gauge, metric.help);
        for (std::size_t i = 0; i < labels.size(); ++i) {
            const Value value = metric.value(state.sources[i]);
            if (value && !labels[i].empty()) text.sample(*value, labels[i]);
        }
    }
}

/// The words ntpmon has for chrony's states.
std::string_view peer_type(char state) {
    switch (state) {
        case '*':
            return "sync";
        case '+':
            return "survivor";
        case '-':
            return "outlier";
        case 'x':
            return "false";
        case '#':
            return "backup";
        default:
            return "invalid";
    }
}

void add_ntpmon_peers(MetricText& text, const DaemonState& state) {
    text.family("", "ntpmon_peers", MetricKind::gauge, "Number of peers of this type.");
    for (const std::string_view type :
         {"backup", "excess", "false", "invalid", "outlier", "pps", "survivor", "sync"}) {
        const auto count = std::ranges::count_if(
            state.sources, [&](Listed source) { return peer_type(source.state) == type; });
        text.sample(static_cast<double>(count), labels_text({{"peertype", type}}));
    }
    if (state.sources.empty()) return;
    double reached = 0;
    for (const DaemonSource& source : state.sources) reached += std::popcount(source.reach) / 8.0;
    text.family("", "ntpmon_reach_ratio", MetricKind::gauge, "Mean reach of all peers.");
    text.sample(reached / static_cast<double>(state.sources.size()));
}

void add_servers(MetricText& text, const std::vector<MetricsServer>& servers,
                 const std::set<std::string>& compat) {
    for (const ServerMetric& metric : server_metrics) {
        if (!compat.contains(std::string(metric.exporter))) continue;
        text.family("", metric.name, MetricKind::gauge, metric.help);
        std::set<std::string> seen;
        for (const MetricsServer& server : servers) {
            const auto& stats = server.row.assessment.stats;
            if (!stats) continue;
            const Candidate& candidate = server.row.candidate;
            // Further members of a pool by their address: a name has one value.
            std::string label = candidate.source.as_written;
            if (seen.contains(label) && candidate.address) label = to_string(*candidate.address);
            if (seen.insert(label).second)
                text.sample(metric.value(*stats), labels_text({{"server", label}}));
        }
    }
}

}  // namespace

std::span<const std::string_view> known_compat() {
    return exporters;
}

void add_compat(MetricText& text, const MetricsView& view,
                const std::vector<MetricsServer>& servers, const std::set<std::string>& compat) {
    if (compat.empty()) return;
    const auto& state = view.snapshot.status.facts.state;
    if (compat.contains("chrony_exporter")) {
        text.family("", "chrony_up", MetricKind::gauge, "Whether chronyd answers.");
        text.sample(state ? 1 : 0);
    }
    if (state) {
        add_daemon(text, *state, compat);
        if (compat.contains("ntpmon")) add_ntpmon_peers(text, *state);
    }
    add_servers(text, servers, compat);
}

}  // namespace clockwright
