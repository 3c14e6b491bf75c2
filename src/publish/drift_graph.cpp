#include "publish/drift_graph.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "publish/chart_scale.h"
#include "time/spell.h"

namespace clockwright {
namespace {

constexpr int rows_to_a_side = 3;
constexpr Seconds least_scale{1e-9};

bool is_known(const std::optional<Seconds>& offset) {
    return offset && std::isfinite(offset->count());
}

Seconds scale_of(std::span<const std::optional<Seconds>> offsets) {
    Seconds largest = least_scale;
    for (const auto& offset : offsets) {
        if (is_known(offset)) largest = std::max(largest, Seconds{std::abs(offset->count())});
    }
    return Seconds{round_step(largest.count())};
}

/// 0: the top, where the clock is slowest.
std::size_t row_of(Seconds offset, Seconds scale) {
    const double share = std::clamp(offset / scale, -1.0, 1.0);
    return static_cast<std::size_t>(rows_to_a_side - std::lround(share * rows_to_a_side));
}

std::string last_text(const std::optional<Seconds>& last) {
    if (!is_known(last)) return "unknown";
    if (last->count() == 0) return "0 s";
    return fmt::format("{} {}", last->count() > 0 ? "slow" : "fast",
                       spell(Seconds{std::abs(last->count())}));
}

}  // namespace

std::string drift_graph(std::span<const std::optional<Seconds>> offsets) {
    offsets = offsets.last(std::min(offsets.size(), drift_graph_columns));
    if (std::ranges::none_of(offsets, is_known)) return {};
    const Seconds scale = scale_of(offsets);
    std::vector<std::string> rows(2 * rows_to_a_side + 1, std::string(offsets.size(), ' '));
    rows[rows_to_a_side].assign(drift_graph_columns, '-');
    for (std::size_t column = 0; column < offsets.size(); ++column) {
        const auto& offset = offsets[column];
        if (is_known(offset)) rows[row_of(*offset, scale)][column] = '*';
    }
    std::string text = fmt::format("slow {}\n", spell(scale));
    for (const std::string& row : rows) {
        text.append(row, 0, row.find_last_not_of(' ') + 1) += '\n';
    }
    return text + fmt::format("fast {}; now {}\n", spell(scale), last_text(offsets.back()));
}

}  // namespace clockwright
