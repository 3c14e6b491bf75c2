/// What there is to say of this host at one moment, as one line of JSON: for a log of states.
#pragma once

#include <string>

#include "publish/snapshot.h"

namespace clockwright {

/// {"timestamp", "demonstrated", "offset_seconds", "bound_seconds", "frequency_ppm", "stratum",
/// "service", "sentence", "peers": [{"name", "address", "state", "stratum", "reach",
/// "offset_seconds"}]} with its newline; missing values are null.
std::string status_line(const Snapshot& snapshot);

}  // namespace clockwright
