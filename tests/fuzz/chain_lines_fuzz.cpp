// An audit chain as anybody may have changed it: reading any octets ends, a chain of ours verifies,
// and no changed octet of it goes unseen.
#include "store/chain_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "time/fnv.h"

namespace {

using namespace clockwright;
using namespace clockwright::store;

std::string digest(std::string_view bytes) {
    std::string text;
    for (const char salt : {'a', 'b', 'c', 'd'})
        text += fmt::format("{:016x}", fnv1a(std::string(1, salt) + std::string(bytes)));
    return text;
}

Result<ChainEnd> verify(const std::vector<ChainFile>& files, const std::string& head = {}) {
    ChainCheck check(digest, head);
    for (const ChainFile& file : files) TRY(check.go_on(file));
    return check.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 3, size - 3);
    const std::size_t cut = text.size() * data[0] / 255;
    const std::vector<ChainFile> foreign{{"a.chain", std::string(text.substr(0, cut))},
                                         {"b.chain", std::string(text.substr(cut))}};
    static_cast<void>(verify(foreign));
    static_cast<void>(last_of(text));
    static_cast<void>(last_row_of(text));
    static_cast<void>(parse_base(text));
    if (const auto head = parse_head(text); head && head_text(*head) != text) std::abort();

    // Members of a JSON object have no line end; whatever else may stand in them.
    ChainEnd end;
    std::string whole;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t stop = std::min(text.find('\n', begin), text.size());
        whole += chain_line(digest, end, text.substr(begin, stop - begin));
        begin = stop + 1;
    }
    std::vector<ChainFile> ours{{"c.chain", whole}};
    const auto verified = verify(ours, end.records > 0 ? end.head : "");
    if (!verified || verified->records != end.records) std::abort();
    if (whole.empty() || data[2] == 0) return 0;
    char& octet = ours.front().content[(data[1] * whole.size()) / 256];
    octet = static_cast<char>(octet ^ static_cast<char>(data[2]));
    if (verify(ours)) std::abort();
    return 0;
}
