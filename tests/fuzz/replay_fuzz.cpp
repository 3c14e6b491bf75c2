// parse_replay takes any octets; what it accepts is recorded and read back as the same samples.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "publish/replay.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto first = clockwright::parse_replay(text, "fuzz");
    if (!first) return 0;
    const auto second = clockwright::parse_replay(
        clockwright::record_text(first->candidates, first->lots), "again");
    std::size_t probes = 0;
    for (const auto& candidate : first->candidates)
        probes += static_cast<std::size_t>(candidate.series.sent);
    if (!second) std::abort();
    for (const auto& candidate : second->candidates)
        probes -= static_cast<std::size_t>(candidate.series.sent);
    if (probes != 0) std::abort();
    return 0;
}
