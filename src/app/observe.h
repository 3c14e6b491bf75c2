/// The facts of one moment for `status` and `check`: no packet is sent.
#pragma once

#include "app/daemon_access.h"
#include "app/verbs.h"
#include "publish/status_report.h"

namespace clockwright::app {

Result<StatusReport> observe(const Context& context);

/// The same of a daemon that was looked at already, without the agent's word.
StatusReport report_on(const DaemonView& view, const Context& context, const Host& host);

/// Only what the daemon says now is new.
void refresh(StatusReport& report, const DaemonView& view);

}  // namespace clockwright::app
