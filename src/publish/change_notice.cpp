#include "publish/change_notice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "time/host_name.h"
#include "time/spell.h"
#include "watch/notice_class.h"

namespace clockwright {
namespace {

Alert event_alert(std::string_view rule, AlertSeverity severity, WallTime at) {
    Alert alert;
    alert.rule = rule;
    alert.severity = severity;
    alert.state = AlertState::firing;
    alert.since = alert.changed = at;
    return alert;
}

const DaemonSource* find_source(const DaemonState* state, const std::string& host) {
    if (state == nullptr) return nullptr;
    const auto parsed = parse_host(host);
    const auto found = std::ranges::find_if(state->sources, [&](const DaemonSource& source) {
        return source.name == host || (parsed && source.name == parsed->name);
    });
    return found == state->sources.end() ? nullptr : &*found;
}

/// "ntp1.example (stratum 2, offset +1.2 ms ±0.4 ms, reach 377)"
std::string described(const std::string& host, const DaemonState* state) {
    const DaemonSource* source = find_source(state, host);
    if (source == nullptr || !source->last_sample) return host;
    return fmt::format("{} (stratum {}, offset {} ±{}, reach {:o})", host, source->stratum,
                       spell_signed(source->offset), spell_bound(source->error), source->reach);
}

std::string described(const std::vector<std::string>& hosts, const DaemonState* state) {
    std::vector<std::string> all;
    all.reserve(hosts.size());
    for (const std::string& host : hosts) all.push_back(described(host, state));
    return fmt::format("{}", fmt::join(all, ", "));
}

/// "ntp1 comes, ntp2 and ntp3 go, 4 stay"
std::string exchange_text(const std::vector<std::string>& add,
                          const std::vector<std::string>& remove, const DaemonState* before,
                          const DaemonState* after) {
    std::string text;
    if (!add.empty()) text += "in: " + described(add, after);
    if (!remove.empty()) text += (text.empty() ? "out: " : "; out: ") + described(remove, before);
    return text.empty() ? "the same servers otherwise configured" : text;
}

}  // namespace

std::optional<Alert> change_notice(const ChangeFacts& facts) {
    const Plan& plan = facts.plan;
    const Outcome& outcome = facts.outcome;
    if (outcome.before_first_step) return std::nullopt;
    Alert alert;
    std::string what;
    switch (outcome.kind) {
        case OutcomeKind::applied:
            alert = event_alert(changed_rule, AlertSeverity::info, facts.at);
            what = fmt::format("{}'s time servers were changed and verified", plan.daemon);
            alert.advice = "to undo it: clockwright rollback " + facts.id;
            break;
        case OutcomeKind::rolled_back:
            alert = event_alert(taken_back_rule, AlertSeverity::warning, facts.at);
            what = fmt::format("a change of {}'s time servers did not hold and was taken back: {}",
                               plan.daemon, outcome.reason);
            alert.advice = "clockwright scan --explain";
            break;
        case OutcomeKind::failed:
            alert = event_alert(change_failed_rule, AlertSeverity::critical, facts.at);
            what = fmt::format(
                "a change of {}'s time servers failed, and the old state is not "
                "proved: {}",
                plan.daemon, outcome.reason);
            alert.advice = "clockwright status, then clockwright rollback " + facts.id;
            break;
        case OutcomeKind::unchanged:
        case OutcomeKind::refused:
            return std::nullopt;
    }
    alert.text = fmt::format("{}; {}; {} stay; why: {}; change {}{}", what,
                             exchange_text(plan.add, plan.remove, facts.before, facts.after),
                             plan.keep.size(), facts.reason.empty() ? plan.reason : facts.reason,
                             facts.id, facts.by.empty() ? "" : " by " + facts.by);
    return alert;
}

Alert proposal_notice(const Proposal& plan) {
    Alert alert = event_alert(proposed_rule, AlertSeverity::info, plan.at);
    alert.text = fmt::format("plan {} is proposed and waits for a person; {}; why: {}", plan.id,
                             exchange_text(plan.add, plan.remove, nullptr, nullptr), plan.reason);
    alert.advice = "clockwright apply " + plan.id;
    return alert;
}

}  // namespace clockwright
