#include "publish/plan_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "publish/table.h"
#include "time/spell.h"
#include "version.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

Json plan_document(const Plan& plan) {
    Json json;
    json["change"] = plan.change;
    json["reason"] = plan.reason;
    json["daemon"] = plan.daemon.empty() ? Json(nullptr) : Json(plan.daemon);
    json["restart"] = plan.restart;
    json["gain"] = plan.gain ? Json(*plan.gain) : Json(nullptr);
    json["confirmations"] = {plan.confirmations_have, plan.confirmations_need};
    json["add"] = plan.add;
    json["remove"] = plan.remove;
    json["keep"] = plan.keep;
    json["diff"] = plan.diff;
    json["packets_planned"] = plan.packets_planned;
    json["notes"] = plan.notes;
    json["id"] = plan.id;
    return json;
}

std::string dump(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string hosts_text(std::string_view title, const std::vector<std::string>& hosts) {
    if (hosts.empty()) return {};
    std::string out = wrap(printable(fmt::format("{}", fmt::join(hosts, ", "))), 8);
    out.replace(1, title.size(), title);
    return out;
}

std::string sentence_of(std::string reason) {
    if (!reason.empty() && reason.front() >= 'a' && reason.front() <= 'z') {
        reason.front() = static_cast<char>(reason.front() - 'a' + 'A');
    }
    return reason + ".";
}

/// A diff shows what others wrote: each line made safe, the line breaks kept.
std::string printable_lines(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        std::string tabs_kept;
        for (std::size_t tab; (tab = line.find('\t')) != std::string_view::npos;
             line.remove_prefix(tab + 1)) {
            tabs_kept += printable(line.substr(0, tab)) + "\t";
        }
        out += tabs_kept + printable(line) + "\n";
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::size_t files_written(const Plan& plan) {
    std::size_t count = 0;
    std::vector<std::string> seen;
    for (const Step& step : plan.steps) {
        for (const Action& action : step.actions) {
            const auto* write = std::get_if<WriteFile>(&action);
            if (write == nullptr || std::ranges::find(seen, write->after.path) != seen.end())
                continue;
            seen.push_back(write->after.path);
            ++count;
        }
    }
    return count;
}

std::string_view program_of(const Plan& plan) {
    return traits_of(parse_daemon_kind(plan.daemon).value_or(DaemonKind::chrony)).program;
}

}  // namespace

std::string plan_json(const Plan& plan, const std::string& unfinished) {
    Json json = plan_document(plan);
    if (!unfinished.empty()) json["reason"] = unfinished + " Until then: " + plan.reason;
    return dump(json);
}

std::string apply_json(const Plan& plan, const Outcome& outcome, const std::string& id,
                       const std::string& timer) {
    Json json = plan_document(plan);
    json["outcome"] = to_string(outcome.kind);
    json["verified"] = outcome.verified;
    json["id"] = id;
    json["reason"] = outcome.reason;
    json["probation"] = timer.empty() ? Json(nullptr) : Json(timer);
    return dump(json);
}

std::string plan_text(const Plan& plan, bool explain) {
    if (!plan.change) {
        std::string out = wrap("Nothing to change: " + plan.reason + ".", 0);
        for (const std::string& note : plan.notes) out += wrap(note, 1);
        return out;
    }
    const std::size_t files = files_written(plan);
    std::string out =
        wrap(fmt::format("{} file{} written, {} {}. {}", files, files == 1 ? "" : "s",
                         program_of(plan), plan.restart ? "restarted" : "reloaded, not restarted",
                         sentence_of(plan.reason)),
             0);
    out += printable_lines(plan.diff);
    out += hosts_text("add", plan.add) + hosts_text("remove", plan.remove) +
           hosts_text("keep", plan.keep);
    for (const std::string& line : plan.taken_over)
        out += wrap("taken over: " + printable(line), 1);
    for (const std::string& note : plan.notes) out += wrap(note, 1);
    if (explain) {
        for (const Step& step : plan.steps) {
            out += fmt::format(" step {}:\n", step.title);
            for (const Action& action : step.actions) out += wrap(describe(action), 3);
        }
    }
    return out;
}

std::string plan_summary(const Plan& plan) {
    return wrap(
        fmt::format("Plan {}: {} to add, {} to remove, {} to keep. {}", plan.id, plan.add.size(),
                    plan.remove.size(), plan.keep.size(), sentence_of(plan.reason)),
        0);
}

std::string changes_json(const std::vector<ChangeLine>& changes) {
    Json json;
    json["states"] = Json::array();
    for (const ChangeLine& change : changes) {
        json["states"].push_back({{"id", change.id},
                                  {"at", change.at},
                                  {"daemon", change.daemon},
                                  {"reason", change.reason},
                                  {"outcome", change.outcome}});
    }
    return dump(json);
}

std::string changes_text(const std::vector<ChangeLine>& changes) {
    if (changes.empty()) return "No change has been made yet.\nNext: clockwright plan\n";
    Table table({{"id"}, {"at"}, {"outcome"}, {"reason", Align::left, 32}});
    for (const ChangeLine& change : changes) {
        table.add({change.id, change.at, change.outcome, printable(change.reason)});
    }
    const bool unfinished =
        std::ranges::find(changes, "unfinished", &ChangeLine::outcome) != changes.end();
    return fmt::format("{} change{} recorded.\n", changes.size(), changes.size() == 1 ? "" : "s") +
           table.text() +
           (unfinished ? "Next: clockwright rollback last (heals what a crash left)\n"
                       : "Next: clockwright rollback ID (the state before that change)\n");
}

std::string error_json(const std::string& message) {
    return dump(Json{{"clockwright", version}, {"error", message}});
}

std::string rollback_json(const Outcome& outcome, const std::string& id) {
    Json json;
    json["outcome"] = to_string(outcome.kind);
    json["verified"] = outcome.verified;
    json["id"] = id;
    json["reason"] = outcome.reason;
    return dump(json);
}

}  // namespace clockwright
