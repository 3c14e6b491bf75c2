/// Any ntp.conf, its files apart by NUL: what is read is rendered and read back equal.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ntp_conf.h"

namespace {

using namespace clockwright;

void require(bool claim) {
    if (!claim) std::abort();
}

const std::string main_file = "/etc/ntp.conf";

/// The first part is the main file; a digit in a path tells which of the others is meant, and
/// "dir" all of them.
class Parts {
  public:
    explicit Parts(std::string_view text) {
        for (std::size_t end = 0; end != std::string_view::npos && parts_.size() < 10;) {
            end = text.find('\0');
            parts_.emplace_back(text.substr(0, end));
            text.remove_prefix(end == std::string_view::npos ? 0 : end + 1);
        }
    }

    ConfigFiles files() const {
        return {.read = [this](const std::string& path) -> Result<std::string> {
                    if (path == main_file) return parts_[0];
                    const auto digit = path.find_first_of("123456789");
                    if (digit == std::string::npos) return fail("cannot read " + path);
                    const auto index = static_cast<std::size_t>(path[digit] - '0');
                    if (index >= parts_.size()) return fail("cannot read " + path);
                    return parts_[index];
                },
                .list =
                    [this](const std::string& directory, std::string_view suffix) {
                        std::vector<std::string> paths;
                        if (!directory.ends_with("dir") && !directory.ends_with("ntp.d"))
                            return paths;
                        for (std::size_t i = 1; i < parts_.size(); ++i)
                            paths.push_back("/d/" + std::to_string(i) + std::string(suffix));
                        return paths;
                    },
                .glob = [](const std::string&) { return std::vector<std::string>{}; }};
    }

  private:
    std::vector<std::string> parts_;
};

void check_source(SourceLine source) {
    require(!source.file.empty() && source.line > 0);
    source.file.clear();
    source.line = 0;
    source.lease = false;
    const std::string text = ntp_conf::render(source);
    require(!text.contains('\n'));
    require(ntp_conf::parse_source_line(text) == source);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const Parts parts(std::string_view(reinterpret_cast<const char*>(octets), size));
    const auto config = ntp_conf::parse(main_file, parts.files());
    require(config.has_value());
    require(config->files.size() <= 1000);
    for (const auto& source : config->sources) check_source(source);
    for (const auto& directive : config->directives) require(!directive.name.empty());
    const auto classic = ntp_conf::parse(main_file, parts.files(), ntp_conf::Daemon::classic);
    require(classic && classic->sources.size() <= config->sources.size());
    return 0;
}
