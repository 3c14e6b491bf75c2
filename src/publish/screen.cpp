#include "publish/screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace clockwright {

std::string screen_frame(std::string_view text, std::size_t rows) {
    constexpr std::string_view home = "\033[H", end_of_line = "\033[K", end_of_screen = "\033[J";
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (rows > 0 && lines.size() > rows) {
        const std::size_t hidden = lines.size() - rows + 1;
        lines.resize(rows);
        lines.back() = fmt::format("({} more lines: clockwright status)", hidden);
    }
    std::string frame(home);
    for (std::size_t i = 0; i < lines.size(); ++i)
        frame += fmt::format("{}{}{}", i == 0 ? "" : "\n", lines[i], end_of_line);
    return frame += end_of_screen;
}

}  // namespace clockwright
