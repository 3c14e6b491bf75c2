/// An alert as JSON that is kept, with every member.
#pragma once

#include <nlohmann/json.hpp>

#include "daemon/json_fields.h"
#include "watch/alert.h"

namespace clockwright {

nlohmann::ordered_json alert_json(const Alert& alert);

/// Takes an alert's members; what is wrong becomes a fault of `fields`.
Alert read_alert(JsonFields& fields);

}  // namespace clockwright
