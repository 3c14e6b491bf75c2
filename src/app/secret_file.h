/// Secrets: from files that nobody else may read, or from the service manager; never shown.
#pragma once

#include <string>

#include "result.h"

namespace clockwright::app {

/// The credential that the service manager hands over under the file's name, else the file itself
/// (0600, as root root's own); without the line's end. `missing` is set when there is neither.
/// Fault::bad_input for one that others may read or that holds nothing.
Result<std::string> read_secret(const std::string& path, bool* missing = nullptr);

}  // namespace clockwright::app
