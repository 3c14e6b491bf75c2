/// What the record has of a week, as a notice.
#pragma once

#include "app/agent.h"
#include "app/verbs.h"
#include "result.h"

namespace clockwright::app {

Result<Alert> sum_up(const Context& context, const effect::SumUp& week);

}  // namespace clockwright::app
