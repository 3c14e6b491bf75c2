// Both forms of the leap second table: whatever is accepted is in order, bounded and answers.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "time/leap_table.h"

namespace {

using namespace clockwright;

void check(const LeapTable& table) {
    if (table.steps.empty() || table.steps.size() > 1001) std::abort();
    for (std::size_t i = 1; i < table.steps.size(); ++i) {
        const LeapStep &before = table.steps[i - 1], &it = table.steps[i];
        if (it.at <= before.at || table.tai_minus_utc(it.at) != it.tai_minus_utc ||
            table.next(before.at) != it || !table.leap_within(it.at, std::chrono::hours{24})) {
            std::abort();
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto list = parse_leap_list(text)) check(list->table);
    if (const auto table = parse_tz_leapseconds(text)) check(*table);
    return 0;
}
