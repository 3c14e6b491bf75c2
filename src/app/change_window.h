/// When changes may be made: `[apply] window`, in local time.
#pragma once

#include "app/config.h"

namespace clockwright::app {

/// Now; where there is none, always.
bool is_window_open(const Config& config);

}  // namespace clockwright::app
