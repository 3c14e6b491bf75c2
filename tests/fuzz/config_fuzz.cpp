// read_config takes any octets: it gives a configuration within its limits, or faults with a line.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "app/config.h"
#include "time/host_name.h"

using namespace clockwright;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto config = app::read_config({{"fuzz.toml", text}});
    if (!config) {
        const bool named =
            config.error().fault == Fault::bad_input && !config.error().message.empty();
        if (!named) std::abort();
        return 0;
    }
    const auto& select = config->select;
    if (select.count < 1 || select.minimum > select.count || !(select.gain >= 0 && select.gain < 1))
        std::abort();
    for (const std::string& host : config->candidates.hosts) {
        if (!parse_host(host)) std::abort();
    }
    return 0;
}
