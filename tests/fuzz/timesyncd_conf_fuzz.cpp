/// Any configuration of systemd-timesyncd, its files apart by an octet 255: what is read is
/// rendered and read back equal, and a reset in our file leaves nothing but ours and what is read
/// after it.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/timesyncd_conf.h"

namespace {

using namespace clockwright;

void require(bool claim) {
    if (!claim) std::abort();
}

const std::string main_file = "/etc/systemd/timesyncd.conf";
const std::string own_file = "/etc/systemd/timesyncd.conf.d/50-clockwright.conf";
const std::array<std::string, 6> paths{main_file,
                                       "/etc/systemd/timesyncd.conf.d/10-site.conf",
                                       own_file,
                                       "/run/systemd/timesyncd.conf.d/05-lease.conf",
                                       "/usr/lib/systemd/timesyncd.conf.d/10-site.conf",
                                       "/usr/lib/systemd/timesyncd.conf.d/90-vendor.conf"};

using Tree = std::map<std::string, std::string>;

ConfigFiles reader(const Tree& tree) {
    return {.read = [&tree](const std::string& path) -> Result<std::string> {
                const auto file = tree.find(path);
                if (file == tree.end()) return fail("cannot read " + path);
                return file->second;
            },
            .list =
                [&tree](const std::string& directory, std::string_view suffix) {
                    std::vector<std::string> found;
                    for (const auto& [path, content] : tree)
                        if (path.starts_with(directory + "/") && path.ends_with(suffix))
                            found.push_back(path);
                    return found;
                },
            .glob =
                [&tree](const std::string& path) {
                    return tree.contains(path) ? std::vector{path} : std::vector<std::string>{};
                }};
}

Tree tree_of(std::string_view text) {
    Tree tree;
    for (const auto& path : paths) {
        const auto end = text.find('\xff');
        tree[path] = std::string(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return tree;
}

std::vector<std::string> names_of(const DaemonConfig& config) {
    std::vector<std::string> names;
    for (const auto& source : config.sources) names.push_back(source.name);
    return names;
}

void check_lines(const DaemonConfig& config) {
    for (const auto& source : config.sources) {
        require(source.line > 0 && (source.last_line == 0 || source.last_line > source.line));
        require(source.ours == (source.file == own_file));
        require(!(source.ours && source.after_ours));
        require(std::ranges::count(config.sources, source.name, &SourceLine::name) == 1);
    }
}

void check_round_trip(const DaemonConfig& config) {
    const Tree again{{own_file, timesyncd::render(config.sources, true)}};
    const auto read = timesyncd::parse(main_file, reader(again));
    require(read && names_of(*read) == names_of(config) && read->faults.empty());
}

void check_reset(Tree tree) {
    tree[own_file] = "[Time]\nNTP=\nNTP=ours.example\n";
    const auto config = timesyncd::parse(main_file, reader(tree));
    require(config.has_value());
    const bool any_ours = std::ranges::any_of(config->sources, &SourceLine::ours);
    for (const auto& source : config->sources)
        if (any_ours) require(source.ours || source.after_ours);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const auto tree = tree_of({reinterpret_cast<const char*>(octets), size});
    const auto config = timesyncd::parse(main_file, reader(tree));
    require(config.has_value());
    check_lines(*config);
    check_round_trip(*config);
    check_reset(tree);
    return 0;
}
