/// Metrics under other exporters' names, so that what is built on them keeps working. Opt-in.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "publish/prometheus.h"

namespace clockwright {

/// Signs are those of the exporter, not ours. `compat`: of `known_compat`; others do nothing.
void add_compat(MetricText& text, const MetricsView& view,
                const std::vector<MetricsServer>& servers, const std::set<std::string>& compat);

}  // namespace clockwright
