/// A machine of which only some files and running programs are known.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/host.h"

namespace clockwright {

class TreeHost : public Host {
  public:
    std::map<std::string, std::string> files;  ///< path → content
    std::set<std::string> closed;              ///< there, but not for this user
    std::map<std::string, std::string> links;  ///< path → target
    std::vector<ClockProgram> programs;

    Result<FileState> read(const std::string& path) const override {
        if (closed.contains(path)) {
            return fail(Fault::not_permitted, "cannot read " + path + ": permission denied");
        }
        FileState state;
        state.path = path;
        if (const auto found = files.find(path); found != files.end()) {
            state.exists = true;
            state.content = found->second;
        }
        return state;
    }

    std::vector<std::string> list(const std::string& directory,
                                  std::string_view suffix) const override {
        return glob(directory + "/*" + std::string(suffix));
    }

    std::vector<std::string> glob(const std::string& pattern) const override {
        std::set<std::string> paths;
        for (const auto& [path, content] : files) {
            if (matches(pattern, path)) paths.insert(path);
        }
        for (const std::string& path : closed) {
            if (matches(pattern, path)) paths.insert(path);
        }
        return {paths.begin(), paths.end()};
    }

    std::string why_not_writable(const std::string&) const override { return {}; }

    std::string link_target(const std::string& path) const override {
        const auto found = links.find(path);
        return found == links.end() ? std::string{} : found->second;
    }

    std::vector<ClockProgram> clock_programs() const override { return programs; }

  private:
    /// "*" stands for anything but "/".
    static bool matches(std::string_view pattern, std::string_view path) {
        if (pattern.empty()) return path.empty();
        if (pattern.front() != '*') {
            return !path.empty() && path.front() == pattern.front() &&
                   matches(pattern.substr(1), path.substr(1));
        }
        if (matches(pattern.substr(1), path)) return true;
        return !path.empty() && path.front() != '/' && matches(pattern, path.substr(1));
    }
};

}  // namespace clockwright
