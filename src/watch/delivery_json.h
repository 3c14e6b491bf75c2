/// What channels have not been told yet, as it is kept over a restart.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "result.h"
#include "watch/alert.h"

namespace clockwright {

/// By the name of the channel, oldest first.
using WaitingAlerts = std::map<std::string, std::vector<Alert>>;

std::string waiting_alerts_json(const WaitingAlerts& waiting);

/// Fault::bad_input when the text is damaged or of a newer version.
Result<WaitingAlerts> read_waiting_alerts(std::string_view text);

}  // namespace clockwright
