/// Any configuration, its files apart by NUL: what is read is rendered and read back equal, and a
/// takeover can be taken back byte for byte.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/chrony_config.h"
#include "daemon/chrony_control.h"
#include "daemon/chrony_source_line.h"
#include "daemon/chrony_steps.h"

namespace {

using namespace clockwright;
using namespace clockwright::chrony;

void require(bool claim) {
    if (!claim) std::abort();
}

const std::string main_file = "/etc/chrony/chrony.conf";

/// The first part is the main file; the others stand in every directory and match every pattern.
class Parts {
  public:
    explicit Parts(std::string_view text) {
        for (std::size_t end = 0; end != std::string_view::npos && parts_.size() < 10;) {
            end = text.find('\0');
            parts_.emplace_back(text.substr(0, end));
            text.remove_prefix(end == std::string_view::npos ? 0 : end + 1);
        }
    }

    const std::string& main() const { return parts_[0]; }

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
                    [this](const std::string&, std::string_view suffix) {
                        std::vector<std::string> paths;
                        for (std::size_t i = 1; i < parts_.size(); ++i)
                            paths.push_back("/d/" + std::to_string(i) + std::string(suffix));
                        return paths;
                    },
                .glob =
                    [this](const std::string&) {
                        std::vector<std::string> paths;
                        for (std::size_t i = 1; i < parts_.size(); ++i)
                            paths.push_back("/g/" + std::to_string(i));
                        return paths;
                    }};
    }

  private:
    std::vector<std::string> parts_;
};

void check_source(SourceLine source) {
    source.file.clear();
    source.line = 0;
    source.lease = false;
    require(parse_source_line(render(source)) == source);
    const auto request = encode_add_source(source, 1);
    require(!request || request->size() == 372);
    require(!request || source.unknown_options.empty());
}

/// Takes the marks off the given lines again.
std::string given_back(std::string_view content, const std::vector<int>& lines) {
    std::string text;
    for (int number = 1; !content.empty(); ++number) {
        const std::size_t end = content.find('\n');
        std::string_view line = content.substr(0, end == std::string_view::npos ? end : end + 1);
        content.remove_prefix(line.size());
        if (std::ranges::find(lines, number) != lines.end()) {
            require(line.starts_with(takeover_marker));
            line.remove_prefix(takeover_marker.size());
        }
        text += line;
    }
    return text;
}

void check_takeover(const std::string& main, const DaemonConfig& config, ConfigFiles files) {
    std::vector<int> lines;
    for (const auto& source : config.sources)
        if (source.file == main_file) lines.push_back(source.line);
    const std::string taken = take_over(main, lines);
    require(given_back(taken, lines) == main);
    const auto read = files.read;
    files.read = [&](const std::string& path) {
        return path == main_file ? Result<std::string>(taken) : read(path);
    };
    const auto without = parse(main_file, files);
    require(without && std::ranges::none_of(without->sources, [](const SourceLine& source) {
                return source.file == main_file;
            }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const Parts parts(std::string_view(reinterpret_cast<const char*>(octets), size));
    const auto config = parse(main_file, parts.files());
    require(config.has_value());
    for (const auto& source : config->sources) check_source(source);
    require(!managed_marker(render_file(config->sources)));
    check_takeover(parts.main(), *config, parts.files());
    managed_marker(parts.main());
    return 0;
}
