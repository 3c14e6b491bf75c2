/// The built-in rules, by what they are about; `rule_table.h` puts them together.
#pragma once

#include <vector>

#include "watch/class_limits.h"
#include "watch/rule.h"

namespace clockwright {

std::vector<Rule> clock_rules(const ClassLimits& limits);      ///< how wrong this clock is
std::vector<Rule> daemon_rules(const ClassLimits& limits);     ///< what keeps it
std::vector<Rule> agreement_rules(const ClassLimits& limits);  ///< the servers as a whole
std::vector<Rule> server_rules(const ClassLimits& limits);     ///< each server
std::vector<Rule> own_rules();                                 ///< our record and our files

/// Two rules of one family: `rule` as a warning, and once more as critical at another limit. Both
/// clear a fifth of their limit closer to good.
std::vector<Rule> degrees(Rule rule, Degrees limits);

/// A rule about a fact that is 1 or 0.
Condition is_true(std::string_view fact);
Condition is_false(std::string_view fact);

}  // namespace clockwright
