/// `doctor --post-install`: what a new installation still lacks.
#pragma once

#include "app/verbs.h"
#include "publish/doctor_report.h"

namespace clockwright::app {

/// 0 when every step is done, else 1.
Result<int> post_install(const Context& context, const DoctorReport& report);

}  // namespace clockwright::app
