// parse_compliance_profile takes any octets: it gives limits that are more than nothing, or faults.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "watch/compliance_profile.h"

using namespace clockwright;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto profile = parse_compliance_profile(
        "fuzz.toml", std::string_view(reinterpret_cast<const char*>(data), size));
    if (!profile) {
        if (profile.error().fault != Fault::bad_input || profile.error().message.empty())
            std::abort();
        return 0;
    }
    if (profile->limits.empty()) std::abort();
    for (const ComplianceLimit& limit : profile->limits)
        if (limit.limit && !(*limit.limit > Seconds{0})) std::abort();
    return 0;
}
