/// How a clock's offset went, look by look, as a picture of letters.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "time/units.h"

namespace clockwright {

inline constexpr std::size_t drift_graph_columns = 80;  ///< one for each look

/// `offsets`: oldest first, what is to be added to the clock (> 0: it is slow); empty: not known at
/// that look, and its column stays empty. Only the last columns are drawn, on a scale that is the
/// same to both sides. Empty when no offset is known.
std::string drift_graph(std::span<const std::optional<Seconds>> offsets);

}  // namespace clockwright
