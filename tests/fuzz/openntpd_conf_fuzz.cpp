/// Any ntpd.conf: what is read is rendered and read back equal, and a takeover takes all of it.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/marks.h"
#include "daemon/openntpd_conf.h"

namespace {

using namespace clockwright;

void require(bool claim) {
    if (!claim) std::abort();
}

DaemonConfig parsed(const std::string& text) {
    const ConfigFiles files{.read = [&](const std::string&) -> Result<std::string> { return text; },
                            .list = {},
                            .glob = {}};
    return *openntpd::parse("/etc/ntpd.conf", files);
}

/// A name with a backslash before its quote cannot be written.
void check_source(SourceLine source, int lines) {
    require(source.line > 0 && source.line <= lines && source.last_line <= lines);
    if (source.name.contains('\\')) return;
    source.file.clear();
    source.line = source.last_line = 0;
    source.ours = false;
    require(openntpd::parse_source_line(openntpd::render(source)) == source);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(octets), size);
    const auto config = parsed(text);
    const auto lines = static_cast<int>(std::ranges::count(text, '\n')) + 1;
    std::vector<int> taken;
    for (const auto& source : config.sources) {
        check_source(source, lines);
        for (int line = source.line; line <= std::max(source.line, source.last_line); ++line)
            taken.push_back(line);
    }
    for (const auto& directive : config.directives) require(!directive.name.empty());
    if (!config.faults.empty()) return 0;
    const auto without = parsed(take_over(text, taken));
    require(without.sources.empty() && without.faults.empty());
    require(without.directives.size() == config.directives.size());
    const auto ours = parsed(with_block(text, "server ntp1.example\n"));
    require(ours.faults.empty());
    require(std::ranges::count(ours.sources, true, &SourceLine::ours) == 1);
    return 0;
}
