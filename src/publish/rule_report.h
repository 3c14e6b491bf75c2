/// The table of rules for people, for programs and for docs/alerts.md.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "watch/rule.h"

namespace clockwright {

std::string rules_text(std::span<const Rule> rules, std::string_view host_class);

/// {"class", "rules": [{"name", "conditions": [...], "for_seconds", ...}]}
std::string rules_json(std::span<const Rule> rules, std::string_view host_class);

/// All built-in rules with their limits of every class, and all facts, as tables of Markdown.
std::string rules_markdown();
std::string facts_markdown();

}  // namespace clockwright
