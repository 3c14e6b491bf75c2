/// Snappy's block format, compressing only: what remote write is posted in.
#pragma once

#include <string>
#include <string_view>

namespace clockwright {

/// Less than 4 GiB. What repeats within 64 KiB is told once.
std::string snappy(std::string_view octets);

}  // namespace clockwright
