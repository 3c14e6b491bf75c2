/// The files of tests/golden/find, for tests.
#pragma once

#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "find/findings.h"

namespace clockwright {

inline std::string golden_text(const std::string& name) {
    std::ifstream file(CLOCKWRIGHT_SOURCE_DIR "/tests/golden/find/" + name, std::ios::binary);
    if (!file) throw std::runtime_error("no golden file " + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The octets of a .hex file.
inline std::string golden_octets(const std::string& name) {
    std::istringstream text(golden_text(name));
    std::string comment, word, octets;
    std::getline(text, comment);
    while (text >> word) octets += static_cast<char>(std::stoi(word, nullptr, 16));
    return octets;
}

/// "10.20.0.4:9 ntp2.corp.example:9": each source with the line it was found in.
inline std::string shown(const Findings& findings) {
    std::string text;
    for (const Source& source : findings.sources) {
        text += (text.empty() ? "" : " ") + source.as_written + ":" +
                std::to_string(source.origin.line) + (source.is_pool ? "(pool)" : "");
    }
    return text;
}

}  // namespace clockwright
