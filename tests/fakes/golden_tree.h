/// The configurations of tests/golden/DAEMON: the files of a host in one text, apart by lines
/// "== PATH"; what stands after "== expected" is what is read in them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/daemon_config.h"

namespace clockwright {

struct GoldenTree {
    std::string name, expected;
    std::map<std::string, std::string> files;

    /// The tree must outlive it.
    ConfigFiles reader() const {
        return {[this](const std::string& path) -> Result<std::string> {
                    const auto file = files.find(path);
                    if (file == files.end()) return fail("cannot read " + path);
                    return file->second;
                },
                [this](const std::string& directory, std::string_view suffix) {
                    std::vector<std::string> paths;
                    for (const auto& [path, content] : files)
                        if (path.starts_with(directory + "/") && path.ends_with(suffix) &&
                            !path.substr(directory.size() + 1).contains('/'))
                            paths.push_back(path);
                    return paths;
                },
                [this](const std::string& pattern) {
                    std::vector<std::string> paths;  // a '*' stands in the last part only
                    const auto star = std::min(pattern.find('*'), pattern.size());
                    const auto end =
                        std::string_view(pattern).substr(std::min(star + 1, pattern.size()));
                    for (const auto& [path, content] : files)
                        if (path == pattern || (star < pattern.size() && path.ends_with(end) &&
                                                path.starts_with(pattern.substr(0, star))))
                            paths.push_back(path);
                    return paths;
                }};
    }
};

inline GoldenTree golden_tree(std::string name, std::string_view text) {
    GoldenTree tree{.name = std::move(name), .expected = {}, .files = {}};
    std::string* content = nullptr;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
        const auto line = text.substr(0, end);
        if (line == "== expected\n") {
            content = &tree.expected;
        } else if (line.starts_with("== ") && line.ends_with('\n')) {
            content = &tree.files[std::string(line.substr(3, line.size() - 4))];
        } else if (content != nullptr) {
            *content += line;
        }
        text.remove_prefix(end);
    }
    return tree;
}

inline std::vector<GoldenTree> golden_trees(const std::string& daemon) {
    std::set<std::filesystem::path> paths;
    for (const auto& entry :
         std::filesystem::directory_iterator(CLOCKWRIGHT_SOURCE_DIR "/tests/golden/" + daemon))
        paths.insert(entry.path());
    std::vector<GoldenTree> trees;
    for (const auto& path : paths) {
        std::ifstream file(path, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        trees.push_back(golden_tree(path.filename().string(), text));
    }
    return trees;
}

}  // namespace clockwright
