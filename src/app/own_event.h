/// What a command of ours did to a clock, in the record and in the audit chain of the agent.
#pragma once

#include "app/verbs.h"
#include "watch/record.h"

namespace clockwright::app {

/// In the record or a fault. That the audit chain has it not is only a remark on stderr: a chain
/// that is damaged keeps nobody from setting a clock right.
Result<void> remember_event(const Context& context, EventRow event);

}  // namespace clockwright::app
