/// The verdict of a clock whose daemon tells no bound, or that has none.
#pragma once

#include "publish/clock_verdict.h"

namespace clockwright {

/// By the word of the servers that we ask, and what the clock may have strayed since; not
/// demonstrated without it.
void judge_by_quorum(const ClockFacts& facts, ClockVerdict& verdict);

}  // namespace clockwright
