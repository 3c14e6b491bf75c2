/// The words that chronyd knows.
#pragma once

#include <string_view>

namespace clockwright {

/// Whether `word`, in lower case, may begin a line of chronyd's configuration, up to version 4.8
/// (chrony.conf(5)); it ends at any other.
bool is_chrony_directive(std::string_view word);

}  // namespace clockwright
