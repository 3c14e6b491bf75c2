// The target, the Host and the Origin of a request take any octets; what they accept keeps rules.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "publish/api_query.h"
#include "publish/http_target.h"

namespace {

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char letter) {
        return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
    });
}

void check_authority(const clockwright::HttpAuthority& authority) {
    if (authority.host.empty() || has_control(authority.host)) std::abort();
    if (authority.host.find_first_of("/@ []\"<") != std::string::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace clockwright;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto target = parse_target(text)) {
        if (!target->path.starts_with('/') || has_control(target->path)) std::abort();
        if (target->authority) check_authority(*target->authority);
        for (const auto& [name, value] : target->query) {
            if (has_control(name) || has_control(value)) std::abort();
        }
        const auto query =
            parse_query(target->query, "from to server limit resolution format", 100);
        if (query && (query->rows.limit < 1 || query->rows.limit > most_rows)) std::abort();
        if (!query && has_control(query.error().message)) std::abort();
    }
    if (const auto authority = parse_authority(text)) check_authority(*authority);
    if (const auto origin = parse_origin(text)) check_authority(*origin);
    return 0;
}
