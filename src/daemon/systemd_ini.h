/// The ini files of systemd (systemd.syntax(7)), as its own parser takes them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clockwright {

struct IniSetting {
    std::string section, key, value;  ///< without white space around; an empty value says "reset"
    int first_line = 0;               ///< from 1
    int last_line = 0;                ///< of the last continuation
};

struct IniFile {
    std::vector<IniSetting> settings;                 ///< those of all sections, in order
    std::vector<std::pair<int, std::string>> faults;  ///< line, what is wrong with it
    /// A section header was none: systemd gives up there, and so do we.
    bool broken_off = false;
};

IniFile parse_systemd_ini(std::string_view content);

/// Parted by white space.
std::vector<std::string_view> words_of(std::string_view text);

}  // namespace clockwright
