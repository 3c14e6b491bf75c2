#include "publish/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "publish/chart_scale.h"
#include "publish/escape.h"
#include "steer/distribution.h"
#include "time/spell.h"

namespace clockwright {
namespace {

constexpr double width = 960, height = 240;  // of one chart
constexpr double left = 90, right = 780;     // of what is drawn over time
constexpr double top = 34, bottom = 200;
constexpr double spread_left = 790, spread_right = 950;  // how often which value was there
constexpr std::size_t most_stretches = 345, bins = 40, instants = 6;

constexpr std::string_view style =
    "<style>text{font:12px sans-serif;fill:#222}.grid{stroke:#ddd}.band{fill:#9ecae1}"
    ".mean{stroke:#08519c;fill:none;stroke-width:1.5}.spread{fill:#9ecae1}"
    ".deviation{stroke:#d95f02;stroke-dasharray:4 4}</style>\n";

struct Stretch {
    std::size_t count = 0;
    double sum = 0, least = 0, most = 0;

    void add(double value) {
        least = count == 0 ? value : std::min(least, value);
        most = count == 0 ? value : std::max(most, value);
        sum += value;
        ++count;
    }
    double mean() const { return sum / static_cast<double>(count); }
};

/// Two values for each at least, were they spaced evenly: a gap in the values is a gap drawn.
std::vector<Stretch> stretches_of(const Chart& chart) {
    const std::size_t number = std::clamp(chart.values.size() / 2, std::size_t{1}, most_stretches);
    std::vector<Stretch> stretches(number);
    for (const ChartValue& one : chart.values) {
        const double share = Seconds{one.at - chart.period.from} / chart.period.length();
        if (share < 0 || share > 1) continue;
        const auto place = static_cast<std::size_t>(share * static_cast<double>(number));
        stretches[std::min(place, number - 1)].add(one.value);
    }
    return stretches;
}

/// One path around each stretch's values, and one along their means.
std::string curve(const std::vector<Stretch>& stretches, const ChartScale& scale) {
    const double each = (right - left) / static_cast<double>(stretches.size());
    std::string band, mean;
    bool joined = false;
    for (std::size_t i = 0; i < stretches.size(); ++i) {
        const Stretch& stretch = stretches[i];
        const double begin = left + each * static_cast<double>(i), end = begin + each;
        if (stretch.count > 0) {
            band += fmt::format("M{:.1f} {:.1f}H{:.1f}V{:.1f}H{:.1f}Z", begin,
                                scale.place(stretch.least), end, scale.place(stretch.most), begin);
            const double place = scale.place(stretch.mean());
            mean += joined ? fmt::format("V{:.1f}H{:.1f}", place, end)
                           : fmt::format("M{:.1f} {:.1f}H{:.1f}", begin, place, end);
        }
        joined = stretch.count > 0;
    }
    return fmt::format("<path class=\"band\" d=\"{}\"/>\n<path class=\"mean\" d=\"{}\"/>\n", band,
                       mean);
}

std::string spread(std::span<const double> values, const ChartScale& scale) {
    std::vector<double> edges;
    for (std::size_t i = 0; i <= bins; ++i) {
        edges.push_back(scale.value(static_cast<double>(i) / bins));
    }
    const auto counts = histogram(values, edges);
    const auto most = static_cast<double>(std::max(std::ranges::max(counts), std::size_t{1}));
    std::string path;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0) continue;
        const double length = static_cast<double>(counts[i]) / most * (spread_right - spread_left);
        path += fmt::format("M{0} {1:.1f}h{2:.1f}V{3:.1f}h-{2:.1f}Z", spread_left,
                            scale.place(edges[i]), length, scale.place(edges[i + 1]));
    }
    return fmt::format("<path class=\"spread\" d=\"{}\"/>\n", path);
}

std::string level(std::string_view kind, double place) {
    return fmt::format("<path class=\"{}\" d=\"M{} {:.1f}H{}\"/>\n", kind, left, place, right);
}

std::string axes(const Chart& chart, const ChartScale& scale) {
    std::string text;
    for (const double tick : ticks_of(scale)) {
        const double place = scale.place(tick);
        text += level("grid", place);
        text += fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", left - 6,
                            place + 4, escape_html(chart.spelled(tick)));
    }
    for (std::size_t i = 0; i < instants; ++i) {
        const double share = static_cast<double>(i) / (instants - 1);
        const auto since = to_nanoseconds(chart.period.length() * share);
        std::string at = rfc3339(chart.period.from + since).substr(5, 11);  // 11-20T14:00
        at[5] = ' ';
        text += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                            left + share * (right - left), bottom + 18, at);
    }
    return text + fmt::format("<text x=\"{}\" y=\"{}\">UTC</text>\n", right + 42, bottom + 18);
}

std::string drawn(const Chart& chart, const Distribution& numbers, std::span<const double> values) {
    ChartScale scale = scale_of(values);
    scale.first = bottom;
    scale.last = top;
    std::string text =
        axes(chart, scale) + curve(stretches_of(chart), scale) + spread(values, scale);
    for (const double level_at :
         {numbers.mean, numbers.mean - numbers.deviation, numbers.mean + numbers.deviation}) {
        if (level_at >= scale.least && level_at <= scale.most) {
            text += level("deviation", scale.place(level_at));
        }
    }
    return text;
}

std::string one_chart(const Chart& chart) {
    std::vector<double> values;
    for (const ChartValue& one : chart.values) values.push_back(one.value);
    const auto numbers = distribution_of(values);
    const std::string told =
        numbers ? fmt::format("mean {}, deviation {}, {} values", chart.spelled(numbers->mean),
                              chart.spelled(numbers->deviation), numbers->count)
                : "nothing is recorded";
    return fmt::format("<text x=\"{}\" y=\"20\">{}: {}</text>\n", left, escape_html(chart.title),
                       escape_html(told)) +
           (numbers ? drawn(chart, *numbers, values) : std::string{});
}

}  // namespace

std::string charts_svg(std::span<const Chart> charts) {
    const double whole = height * static_cast<double>(charts.size());
    std::string text = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
        "height=\"{1}\">\n{2}<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n",
        width, whole, style);
    for (std::size_t i = 0; i < charts.size(); ++i) {
        text += fmt::format("<g transform=\"translate(0 {})\">\n{}</g>\n",
                            height * static_cast<double>(i), one_chart(charts[i]));
    }
    return text + "</svg>\n";
}

}  // namespace clockwright
