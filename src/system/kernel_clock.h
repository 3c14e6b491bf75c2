/// The kernel's view of its clock: read, never set.
#pragma once

#include <optional>

#include "daemon/host_facts.h"

namespace clockwright::system {

/// adjtimex(2) with modes = 0, which needs no right and changes nothing; empty when the kernel
/// refuses even that.
std::optional<KernelClock> read_kernel_clock();

}  // namespace clockwright::system
