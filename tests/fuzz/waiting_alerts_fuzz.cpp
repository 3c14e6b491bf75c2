// What channels have not been told yet, as a file: what is read can be written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "watch/delivery_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace clockwright;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto waiting = read_waiting_alerts(text);
    if (!waiting) return 0;
    const std::string written = waiting_alerts_json(*waiting);
    const auto again = read_waiting_alerts(written);
    if (!again || waiting_alerts_json(*again) != written) std::abort();
    return 0;
}
