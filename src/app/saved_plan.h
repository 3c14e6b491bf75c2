/// A plan that was saved: read back as it was made, and what stands against it now.
#pragma once

#include <string>

#include "app/daemon_access.h"
#include "app/verbs.h"

namespace clockwright::app {

/// The plan of `command.file`. Fault::bad_input when it was altered, refused when it is for another
/// daemon than the one of this place.
Result<Plan> load_plan(const Context& context, const DaemonPlace& place);

/// Every file is as the plan leaves it, and the daemon lists what it wants.
bool is_fulfilled(const Plan& plan, const Host& host, const DaemonState& state);
std::string is_fulfilled_text(const Plan& plan);

/// Why the daemon is not restarted for this plan; empty when it may be, or need not be.
std::string why_no_restart(const Plan& plan, const Command& command);

/// Its age, a leap second, a restart: why it is not carried out now; empty: none of these.
std::string why_not_now(const Plan& plan, const Command& command, const DaemonView& view);

/// What of the files and sources it rests on has changed; empty: nothing.
std::string moved_ground(const Plan& plan, const Host& host, const DaemonState& state);

/// `apply FILE --dry-run`: what exactly that plan would do, with the exit codes of `plan`.
Result<int> rehearse_saved_plan(const Context& context);

}  // namespace clockwright::app
