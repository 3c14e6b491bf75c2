/// Takes away all that the store has ever written, and nothing else.
#pragma once

#include <string>

#include "result.h"

namespace clockwright::store {

/// Removes our files of a state directory by their names, and the directory when nothing else is
/// in it. No link is followed. What is not there is done. Fault::not_permitted when it may not be
/// removed.
Result<void> purge(const std::string& state_directory);

}  // namespace clockwright::store
