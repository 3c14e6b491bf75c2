#include "app/clock_record.h"

#include "app/agent_files.h"
#include "store/sqlite_history.h"

namespace clockwright::app {
namespace {

constexpr int looks_taken = 10'000;  // a week of them, some milliseconds to read

}  // namespace

std::vector<SteeredLook> recorded_looks(const Config& config) {
    std::vector<SteeredLook> found;
    const auto history = open_record(config);
    if (!history) return found;
    const auto rows = history->clock({.from = {}, .to = {}, .server = {}, .limit = looks_taken});
    if (!rows) return found;
    for (const ClockRow& row : *rows)
        if (row.demonstrated && row.frequency)
            found.push_back({row.at, row.offset.value_or(Seconds{}), *row.frequency});
    return found;
}

}  // namespace clockwright::app
