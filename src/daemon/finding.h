/// What the doctor says of one thing: how bad it is, why, by which rule, and what to do about it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace clockwright {

/// `error`: the clock can be wrong, or others be harmed, without anybody noticing. `warning`: it
/// will bite one day. `advice`: good to know; it does not make a host unclean.
enum class Severity : std::uint8_t { error, warning, advice };

std::string_view to_string(Severity severity);  ///< "error", "warning", "advice"

/// Each an absolute program and its arguments.
using Commands = std::vector<std::vector<std::string>>;

struct Finding {
    std::string id;  ///< stable, for filters: "one_source"
    Severity severity = Severity::warning;
    std::string what;      ///< one sentence without a full stop, with file and line
    std::string reason;    ///< why it matters
    std::string rule;      ///< where the rule comes from: "rules E-1, H-32"
    std::string proposal;  ///< the exact command or line
    std::string file;      ///< empty: of no file
    int line = 0;          ///< 0: of no line
    Commands commands{};   ///< where commands alone cure it: those, in order
};

}  // namespace clockwright
