/// The built-in rules with the limits of each class of host (rules AL-2, H-1 to H-39).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "watch/rule.h"

namespace clockwright {

/// What a host's time is used for, and so what is too much of an error.
enum class RuleClass : std::uint8_t {
    leaf,             ///< a computer among others
    server,           ///< it serves time, or keeps a database in order
    regulated_50ms,   ///< must stay within 50 ms of UTC
    regulated_100us,  ///< must stay within 100 µs of UTC
};

std::string_view to_string(RuleClass host);  ///< "leaf", "server", "regulated-50ms", …
std::optional<RuleClass> parse_rule_class(std::string_view text);
std::span<const RuleClass> rule_classes();

/// All of them, in the order they are documented. Names and facts are the same for every class but
/// where a class counts in another unit.
std::vector<Rule> built_in_rules(RuleClass host);

bool is_built_in(std::string_view name);

}  // namespace clockwright
