#include "publish/prometheus.h"

#include <array>
#include <unordered_set>
#include <vector>

#include "publish/prometheus_compat.h"
#include "version.h"

namespace clockwright {
namespace {

std::vector<MetricsServer> servers_of(const Snapshot& snapshot) {
    std::vector<MetricsServer> servers;
    std::unordered_set<std::string> seen;
    servers.reserve(snapshot.scan.rows.size());
    for (std::size_t i = 0; i < snapshot.scan.rows.size(); ++i) {
        const ScanRow& row = snapshot.scan.rows[i];
        const auto& address = row.candidate.address;
        std::string labels = labels_text({{"server", row.candidate.source.as_written},
                                          {"address", address ? to_string(*address) : ""}});
        // Two samples with the same labels would spoil the whole text.
        if (!seen.insert(labels).second) continue;
        servers.push_back({row, snapshot.watch_of(i), std::move(labels)});
    }
    return servers;
}

void add_own(MetricText& text, const MetricsView& view, const std::vector<MetricsServer>& servers) {
    for (const Metric& metric : own_metrics()) {
        text.family("clockwright_", metric.name, metric.kind, metric.help);
        if (metric.of_host != nullptr) {
            if (const auto value = metric.of_host(view)) text.sample(*value);
        } else if (metric.of_server != nullptr) {
            for (const MetricsServer& server : servers) {
                if (const auto value = metric.of_server(server)) text.sample(*value, server.labels);
            }
        } else {
            metric.lines(view, text);
        }
    }
}

}  // namespace

std::string prometheus_text(const Snapshot* snapshot, WallTime now,
                            const std::set<std::string>& compat) {
    MetricText text;
    text.family("clockwright_", "build_info", MetricKind::gauge, "The version of this program; 1.");
    text.sample(1, labels_text({{"version", version}}));
    if (snapshot != nullptr) {
        const MetricsView view{*snapshot, now, !is_stale(*snapshot, now)};
        const std::vector<MetricsServer> servers = servers_of(*snapshot);
        add_own(text, view, servers);
        add_compat(text, view, servers, compat);
    }
    return text.take();
}

}  // namespace clockwright
