#include "publish/poll_windows.h"

#include <optional>
#include <vector>

#include "publish/influx.h"
#include "steer/distribution.h"

namespace clockwright {
namespace {

void keep(std::deque<double>& window, const std::optional<Seconds>& value) {
    if (!value) return;
    window.push_back(value->count() * 1e3);
    if (window.size() > PollWindows::most) window.pop_front();
}

/// How much one poll differs from the next: what a slow drift does not count in.
double stability_of(const std::deque<double>& window) {
    std::vector<double> steps;
    for (std::size_t i = 1; i < window.size(); ++i) steps.push_back(window[i] - window[i - 1]);
    const auto spread = distribution_of(std::move(steps));
    return spread ? spread->population_deviation : 0;
}

std::string stats_line(std::string_view measurement, const std::deque<double>& window,
                       const SampleRow& row, std::string_view host) {
    const auto spread = distribution_of({window.begin(), window.end()});
    if (!spread) return {};
    InfluxPoint point(measurement);
    point.tag("host", host).tag("server", row.server).tag("address", row.address);
    point.field("mean", spread->mean).field("median", spread->median);
    point.field("std", spread->population_deviation);
    point.field("min", spread->least).field("max", spread->most);
    point.field("percentile_95", spread->p95).field("skewness", spread->skewness);
    point.field("kurtosis", spread->kurtosis).field("stability", stability_of(window));
    return point.line(row.at);
}

}  // namespace

std::string PollWindows::add(std::span<const Record> rows, std::string_view host) {
    std::string lines;
    for (const Record& record : rows) {
        const auto* row = std::get_if<SampleRow>(&record);
        if (row == nullptr || !row->offset) continue;
        Window& window = servers_[{row->server, row->address}];
        keep(window.offsets, row->offset);
        keep(window.delays, row->delay);
        if (++window.untold < told_each) continue;
        window.untold = 0;
        lines += stats_line("ntp_offset_stats", window.offsets, *row, host);
        lines += stats_line("ntp_delay_stats", window.delays, *row, host);
    }
    return lines;
}

}  // namespace clockwright
