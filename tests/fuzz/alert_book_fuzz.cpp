/// Any saved alerts or silences: what is read is written and read back equal.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "watch/alert_book_json.h"
#include "watch/silence.h"

namespace {

using namespace clockwright;

void require(bool claim) {
    if (!claim) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(octets), size);
    const Now now{WallTime{std::chrono::seconds{1'800'000'000}},
                  SteadyTime{std::chrono::seconds{100'000}}};
    if (const auto saved = read_alert_book(text, now)) {
        AlertBook book;
        book.restore(saved->entries);
        const auto again = read_alert_book(alert_book_json(book, now, saved->running), now);
        require(again && again->entries.size() == book.entries().size());
        require(book.open().size() == open_alerts(*again).size());
    }
    if (const auto silences = read_silences(text)) {
        const auto again = read_silences(silences_json(*silences));
        require(again && silences_json(*again) == silences_json(*silences));
    }
    return 0;
}
