/// What the record tells of this clock's own behaviour: its rate, as its daemon corrected it.
#pragma once

#include <vector>

#include "app/config.h"
#include "steer/wander.h"

namespace clockwright::app {

/// The newest week of looks at a demonstrated clock, oldest first; empty without a record.
std::vector<SteeredLook> recorded_looks(const Config& config);

}  // namespace clockwright::app
