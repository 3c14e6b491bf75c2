/// What the journal keeps of a daemon's state: enough to compare a later one with it.
#pragma once

#include <nlohmann/json.hpp>

#include "daemon/json_fields.h"
#include "daemon/state.h"

namespace clockwright::store {

/// Tracking without frequencies, and of each source its name, address, state, poll and samples.
nlohmann::ordered_json state_to_json(const DaemonState& state);

/// The inverse; faults are added under their keys.
DaemonState state_from_json(const nlohmann::ordered_json& json, const std::string& place,
                            JsonFaults& faults);

}  // namespace clockwright::store
