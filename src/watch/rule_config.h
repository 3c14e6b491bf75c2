/// Rules of the user, and the user's changes to built-in ones: the `[[rule]]` tables of a TOML
/// file.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "watch/rule.h"
#include "watch/rule_table.h"

namespace clockwright {

/// One `[[rule]]`, as far as it says something. With the name of a built-in rule it changes that
/// one, else it is a rule of its own.
struct RuleSetting {
    std::string name;
    std::string origin;            ///< "FILE:LINE"
    std::optional<bool> enabled;   ///< false: as if there were no such rule
    std::optional<Condition> own;  ///< fact, op, value and clear of a rule of the user
    std::optional<double> limit, clear;
    std::vector<Condition> further;  ///< `and`
    std::optional<Seconds> hold;
    std::optional<int> samples;
    std::optional<AlertSeverity> severity;
    std::optional<Absent> absent;
    std::optional<std::string> server, message, advice;
};

/// The `[[rule]]` tables of a text that is TOML; the rest of it is of no concern here. Every fault
/// is added as "FILE:LINE: rule.KEY: what is wrong".
std::vector<RuleSetting> read_rule_settings(const std::string& file, std::string_view toml,
                                            std::vector<std::string>& faults);

/// The rules in force: the built-in ones of the class, then the user's. Later settings win.
std::vector<Rule> rules_in_force(RuleClass host, std::span<const RuleSetting> settings);

}  // namespace clockwright
