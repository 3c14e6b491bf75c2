#include "watch/rule_table.h"

#include <algorithm>
#include <array>
#include <utility>

#include "watch/class_limits.h"
#include "watch/rule_sets.h"

namespace clockwright {
namespace {

constexpr std::array classes{RuleClass::leaf, RuleClass::server, RuleClass::regulated_50ms,
                             RuleClass::regulated_100us};

constexpr std::array<std::string_view, 4> class_names{"leaf", "server", "regulated-50ms",
                                                      "regulated-100us"};

void append(std::vector<Rule>& all, std::vector<Rule> more) {
    std::ranges::move(more, std::back_inserter(all));
}

}  // namespace

std::string_view to_string(RuleClass host) {
    return class_names.at(static_cast<std::size_t>(host));
}

std::optional<RuleClass> parse_rule_class(std::string_view text) {
    const auto found = std::ranges::find(class_names, text);
    if (found == class_names.end()) return std::nullopt;
    return classes.at(static_cast<std::size_t>(found - class_names.begin()));
}

std::span<const RuleClass> rule_classes() {
    return classes;
}

std::vector<Rule> built_in_rules(RuleClass host) {
    const ClassLimits limits = limits_of(host);
    std::vector<Rule> all = clock_rules(limits);
    append(all, daemon_rules(limits));
    append(all, agreement_rules(limits));
    append(all, server_rules(limits));
    append(all, own_rules());
    for (Rule& rule : all) {
        if (rule.family.empty()) rule.family = rule.name;
    }
    return all;
}

bool is_built_in(std::string_view name) {
    static const std::vector<Rule> all = built_in_rules(RuleClass::leaf);
    return std::ranges::find(all, name, &Rule::name) != all.end();
}

}  // namespace clockwright
