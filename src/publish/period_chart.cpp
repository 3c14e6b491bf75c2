#include "publish/period_chart.h"

#include <fmt/format.h>

#include "time/spell.h"

namespace clockwright {
namespace {

std::string seconds_text(double value) {
    return spell(Seconds{value});
}

std::string ppm_text(double value) {
    return fmt::format("{:.3f} ppm", value);
}

}  // namespace

void keep_for_pictures(std::span<const ClockRow> looks, PeriodReport& report) {
    for (const ClockRow& look : looks) {
        if (!look.demonstrated || look.at < report.period.from) continue;
        if (look.offset) report.offsets.push_back({look.at, look.offset->count()});
        if (look.bound) report.bounds.push_back({look.at, look.bound->count()});
    }
}

std::string period_picture(const PeriodReport& report) {
    std::vector<Chart> charts;
    if (report.summary) {
        charts.push_back(
            {"Offset of this clock (> 0: slow)", seconds_text, report.period, report.offsets});
        charts.push_back({"Bound of its error", seconds_text, report.period, report.bounds});
    }
    if (report.rate) {
        Chart rate{"Correction of the oscillator's rate", ppm_text, report.period, {}};
        for (const FrequencyPoint& point : report.rate->points) {
            rate.values.push_back({point.at, point.frequency.value});
        }
        charts.push_back(std::move(rate));
    }
    return charts_svg(charts);
}

}  // namespace clockwright
