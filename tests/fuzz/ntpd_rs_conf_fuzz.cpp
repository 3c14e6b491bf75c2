/// Any ntp.toml: what is read without a fault is rendered and read back equal, and a takeover takes
/// all of it and leaves the rest readable.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/marks.h"
#include "daemon/ntpd_rs_conf.h"

namespace {

using namespace clockwright;

void require(bool claim) {
    if (!claim) std::abort();
}

DaemonConfig parsed(const std::string& text) {
    const ConfigFiles files{.read = [&](const std::string&) -> Result<std::string> { return text; },
                            .list = {},
                            .glob = {}};
    return *ntpd_rs::parse("/etc/ntpd-rs/ntp.toml", files);
}

SourceLine without_place(SourceLine source) {
    source.line = source.last_line = 0;
    source.ours = false;
    return source;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(octets), size);
    const auto config = parsed(text);
    if (!config.faults.empty()) return 0;
    std::vector<int> taken;
    for (const auto& source : config.sources) {
        const bool writable =
            std::ranges::none_of(source.unknown_options, [](const std::string& option) {
                return option.contains("nan") || option.ends_with("= ") || option.contains(", ") ||
                       option.contains("[]");  // a nan is no nan; dates have no text
            });
        if (writable) {
            const auto again = parsed(ntpd_rs::render(source));
            require(again.faults.empty() && again.sources.size() == 1);
            require(without_place(again.sources[0]) == without_place(source));
        }
        for (int line = source.line; line <= std::max(source.line, source.last_line); ++line)
            taken.push_back(line);
    }
    const auto without = parsed(take_over(text, taken));
    require(without.sources.empty() && without.faults.empty());
    const auto ours = parsed(with_block(text, "[[source]]\nmode = \"server\"\naddress = \"a\"\n"));
    require(ours.faults.empty() || config.sources.empty());
    return 0;
}
