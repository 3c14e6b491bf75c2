/// The words of a plan file, shared by its writer and its reader.
#pragma once

#include <string_view>

namespace clockwright {

/// The version of the format; a plan of another one is refused.
inline constexpr int plan_format = 1;

/// What an action is called under the key "do".
namespace action_words {
inline constexpr std::string_view write = "write", reload = "reload", remove = "delete",
                                  add = "add", restart = "restart";
}  // namespace action_words

}  // namespace clockwright
