// plan_from_json takes any octets; what it accepts is written and read back equal.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/plan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto plan = clockwright::plan_from_json(text);
    if (!plan) return 0;
    const auto again = clockwright::plan_from_json(clockwright::plan_to_json(*plan));
    if (!again || *again != *plan) std::abort();
    return 0;
}
