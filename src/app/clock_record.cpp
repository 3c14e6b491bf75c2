#include "app/clock_record.h"

#include <chrono>
#include <utility>

#include "app/agent_files.h"
#include "store/sqlite_history.h"

namespace clockwright::app {
namespace {

constexpr int looks_taken = 10'000;  // a week of them, some milliseconds to read

}  // namespace

std::vector<SteeredLook> steered_looks(const std::vector<ClockRow>& looks) {
    std::vector<SteeredLook> found;
    for (const ClockRow& row : looks)
        if (row.demonstrated && row.frequency)
            found.push_back({row.at, row.offset.value_or(Seconds{}), *row.frequency});
    return found;
}

std::vector<SteeredLook> recorded_looks(const Config& config) {
    const auto history = open_record(config);
    if (!history) return {};
    const auto rows = history->clock({.from = {}, .to = {}, .server = {}, .limit = looks_taken});
    return rows ? steered_looks(*rows) : std::vector<SteeredLook>{};
}

std::vector<FrequencyPoint> recorded_rates(const Config& config, WallTime now) {
    const auto history = open_record(config);
    if (!history) return {};
    auto rates = history->rates(now - std::chrono::days(30), std::chrono::hours(6));
    return rates ? std::move(*rates) : std::vector<FrequencyPoint>{};
}

}  // namespace clockwright::app
