/// The facts of one moment for `status` and `check`: no packet is sent.
#pragma once

#include "app/daemon_access.h"
#include "app/verbs.h"
#include "publish/status_report.h"

namespace clockwright::app {

Result<StatusReport> observe(const Context& context);

/// The same of a daemon that was looked at already.
StatusReport report_on(const DaemonView& view, const Context& context, const Host& host);

}  // namespace clockwright::app
