#include "publish/chart_scale.h"

#include <algorithm>
#include <cmath>

namespace clockwright {
namespace {

constexpr double margin = 0.05;  // of the range, on each side
constexpr double most_ticks = 6;

}  // namespace

double round_step(double least) {
    const double decade = std::pow(10, std::floor(std::log10(least)));
    for (const double step : {1.0, 2.0, 5.0}) {
        if (least <= step * decade) return step * decade;
    }
    return 10 * decade;
}

double ChartScale::place(double value) const {
    return first + (value - least) / (most - least) * (last - first);
}

ChartScale scale_of(std::span<const double> values) {
    const auto [least, most] = std::ranges::minmax(values);
    const double smallest = std::max(std::abs(most) * 1e-6, 1e-12);  // that doubles still divide
    const double wider = std::max((most - least) * margin, smallest);
    return {.least = least - wider, .most = most + wider};
}

std::vector<double> ticks_of(const ChartScale& scale) {
    const double step = round_step((scale.most - scale.least) / most_ticks);
    std::vector<double> ticks;
    for (double number = std::ceil(scale.least / step); number * step <= scale.most; ++number) {
        ticks.push_back(number * step + 0.0);  // no "-0"
    }
    return ticks;
}

}  // namespace clockwright
