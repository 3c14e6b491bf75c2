/// The version of this program.
#pragma once

namespace clockwright {
inline constexpr const char* version = "0.1.0";
}
