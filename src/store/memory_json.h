/// What is remembered, as JSON for `memory.json`.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "daemon/json_fields.h"
#include "store/memory.h"

namespace clockwright::store {

/// The newest 4096 of each kind.
nlohmann::ordered_json memory_to_json(const Memory& memory);

/// Every entry that is understood; `faults` has what is wrong with the others. Empty: without the
/// lists that keep us from asking again.
std::optional<Memory> memory_from_json(const nlohmann::ordered_json& json, JsonFaults& faults);

}  // namespace clockwright::store
