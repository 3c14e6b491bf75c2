/// The files that `alert` and the agent share in the state directory.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/config.h"
#include "result.h"
#include "watch/alert_book_json.h"
#include "watch/rule.h"
#include "watch/silence.h"

namespace clockwright::app {

std::string alerts_file(const Config& config);    ///< "…/alerts.json", written by the agent
std::string silences_file(const Config& config);  ///< "…/silences.json", written by `alert silence`

std::string deliveries_file(const Config& config);  ///< "…/deliveries.json": what waits to be told

/// What the agent last wrote; empty when it never did.
Result<std::optional<SavedAlerts>> load_alerts(const Config& config, Now now);

/// None when there is no such file.
Result<std::vector<Silence>> load_silences(const Config& config);

/// Reads, changes and writes them, durably, alone among all who do.
Result<void> change_silences(const Config& config,
                             const std::function<Result<void>(std::vector<Silence>&)>& change);

/// The rules in force under this configuration.
std::vector<Rule> rules_of(const Config& config);

}  // namespace clockwright::app
