/// The facts of one moment for `status` and `check`: no packet is sent.
#pragma once

#include "app/verbs.h"
#include "publish/status_report.h"

namespace clockwright::app {

Result<StatusReport> observe(const Context& context);

}  // namespace clockwright::app
