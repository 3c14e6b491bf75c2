/// A text as one frame on a terminal, drawn over the frame before.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace clockwright {

inline constexpr std::string_view screen_begins = "\033[?1049h\033[?25l";  ///< ours, no cursor
inline constexpr std::string_view screen_ends = "\033[?25h\033[?1049l";    ///< as it was before

/// Never more than `rows` lines: what does not fit is counted in the last one. `rows` 0: no limit.
std::string screen_frame(std::string_view text, std::size_t rows);

}  // namespace clockwright
