/// Files held against what they should be.
#pragma once

#include <string>
#include <vector>

#include "daemon/action.h"
#include "daemon/host.h"

namespace clockwright {

/// By existence and digest.
inline bool is_same_file(const FileState& one, const FileState& other) {
    return one.exists == other.exists && one.sha256 == other.sha256;
}

/// The paths whose files are not so on this host, or cannot be read.
inline std::vector<std::string> different_files(const std::vector<FileState>& files,
                                                const Host& host) {
    std::vector<std::string> different;
    for (const FileState& wanted : files) {
        const auto found = host.read(wanted.path);
        if (!found || !is_same_file(*found, wanted)) different.push_back(wanted.path);
    }
    return different;
}

}  // namespace clockwright
