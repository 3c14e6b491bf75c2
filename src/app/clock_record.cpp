#include "app/clock_record.h"

#include <algorithm>
#include <chrono>
#include <ranges>
#include <utility>

#include "app/agent_files.h"
#include "store/sqlite_history.h"

namespace clockwright::app {
namespace {

constexpr int looks_taken = 10'000;              // a week of them, some milliseconds to read
constexpr std::chrono::hours watched_within{1};  // the laziest agent looks every half hour

std::vector<ClockRow> newest_looks(const Config& config) {
    const auto history = open_record(config);
    if (!history) return {};
    auto rows = history->clock({.from = {}, .to = {}, .server = {}, .limit = looks_taken});
    return rows ? std::move(*rows) : std::vector<ClockRow>{};
}

}  // namespace

std::vector<SteeredLook> steered_looks(const std::vector<ClockRow>& looks) {
    std::vector<SteeredLook> found;
    for (const ClockRow& row : looks)
        if (row.demonstrated && row.frequency)
            found.push_back({row.at, row.offset.value_or(Seconds{}), *row.frequency});
    return found;
}

std::vector<SteeredLook> recorded_looks(const Config& config) {
    return steered_looks(newest_looks(config));
}

std::optional<LastBound> last_bound(const std::vector<ClockRow>& looks, WallTime now) {
    if (looks.empty() || now - looks.back().at > watched_within) return std::nullopt;
    const auto newest_first = looks | std::views::reverse;
    const auto last = std::ranges::find_if(
        newest_first, [](const ClockRow& row) { return row.demonstrated && row.bound; });
    if (last == newest_first.end()) return std::nullopt;
    return LastBound{last->at, *last->bound};
}

std::optional<LastBound> recorded_last_bound(const Config& config, WallTime now) {
    return last_bound(newest_looks(config), now);
}

std::vector<FrequencyPoint> recorded_rates(const Config& config, WallTime now) {
    const auto history = open_record(config);
    if (!history) return {};
    auto rates = history->rates(now - std::chrono::days(30), std::chrono::hours(6));
    return rates ? std::move(*rates) : std::vector<FrequencyPoint>{};
}

}  // namespace clockwright::app
