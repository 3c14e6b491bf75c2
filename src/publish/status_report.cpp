#include "publish/status_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "daemon/chrony_control.h"
#include "daemon/places.h"
#include "publish/agent_word.h"
#include "publish/nts_text.h"
#include "publish/provenance_report.h"
#include "publish/table.h"
#include "time/spell.h"
#include "version.h"
#include "watch/record.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

const SourceFacts* facts_of(const StatusReport& report, const std::string& name) {
    const auto found = std::ranges::find(report.facts.sources, name, &SourceFacts::name);
    return found == report.facts.sources.end() ? nullptr : &*found;
}

Json nts_state_json(const DaemonSource& source) {
    if (!source.nts) return nullptr;
    const NtsState& nts = *source.nts;
    return {{"algorithm", algorithm_name(static_cast<std::uint16_t>(nts.algorithm))},
            {"cookies", nts.cookies},
            {"failed_key_exchanges", nts.failed_exchanges},
            {"last_key_exchange_seconds",
             nts.since_exchange ? Json(nts.since_exchange->count()) : Json(nullptr)},
            {"nak", nts.nak}};
}

Json source_json(const StatusReport& report, const DaemonSource& source) {
    const SourceFacts* known = facts_of(report, source.name);
    Json json;
    json["name"] = source.name;
    json["address"] = source.address ? Json(to_string(*source.address)) : Json(nullptr);
    json["state"] = std::string(1, source.state);
    json["state_exact"] = source.state_exact;
    json["verdict"] = chrony::describe_state(source.state);
    json["selectable"] = is_agreeing(source);
    json["stratum"] = source.stratum;
    json["reach"] = fmt::format("{:03o}", source.reach);
    json["poll_seconds"] = std::ldexp(1.0, source.poll);
    json["last_sample_seconds"] =
        source.last_sample ? Json(source.last_sample->count()) : Json(nullptr);
    const bool measured = source.last_sample.has_value();
    json["offset_seconds"] = measured ? Json(source.offset.count()) : Json(nullptr);
    json["error_seconds"] = measured ? Json(source.error.count()) : Json(nullptr);
    json["samples"] = source.samples ? Json(*source.samples) : Json(nullptr);
    json["authentication"] =
        source.authentication ? Json(to_string(*source.authentication)) : Json(nullptr);
    json["nts"] = nts_state_json(source);
    json["effective_options"] =
        source.state_exact ? Json(effective_options(source)) : Json(nullptr);
    json["operator"] = known != nullptr && !known->operator_name.empty()
                           ? Json(known->operator_name)
                           : Json(nullptr);
    json["smear"] = known != nullptr ? Json(to_string(known->smear)) : Json("unknown");
    json["origin"] =
        known != nullptr && !known->origin.empty() ? Json(known->origin) : Json(nullptr);
    return json;
}

Json terms_json(const std::optional<ErrorBound>& bound) {
    if (!bound) return nullptr;
    return {{"offset_seconds", std::abs(bound->offset.count())},
            {"root_dispersion_seconds", bound->root_dispersion.count()},
            {"root_delay_half_seconds", bound->root_delay.count() / 2},
            {"growth_seconds", bound->growth.count()}};
}

std::string terms_text(const ClockVerdict& verdict) {
    const ErrorBound& bound = *verdict.bound;
    std::string text = fmt::format("|offset| {}", spell(Seconds{std::abs(bound.offset.count())}));
    text += verdict.by_quorum
                ? fmt::format(" + what the servers asked may be off by {}",
                              spell(bound.root_dispersion))
                : fmt::format(" + root dispersion {} + root delay/2 {}",
                              spell(bound.root_dispersion), spell(bound.root_delay / 2));
    if (bound.growth.count() > 0) text += fmt::format(" + growth {}", spell(bound.growth));
    return text;
}

std::string sources_text(const DaemonState& state, const ClockVerdict& verdict) {
    std::string text = fmt::format("{} listed, {} answering, {} agree", state.sources.size(),
                                   verdict.voting, verdict.agreeing);
    if (state.unresolved > 0) text += fmt::format(", {} without an address", state.unresolved);
    return text;
}

Tone tone_of(const DaemonSource& source) {
    if (source.state == '*' || source.state == '+') return Tone::good;
    if (source.state == 'x') return Tone::bad;
    return is_agreeing(source) ? Tone::plain : Tone::warning;
}

/// Its address, and what is not as usual: the state, NTS, options that chronyd gave it.
std::string remark_on(const DaemonSource& source, const SourceFacts* known) {
    std::vector<std::string> parts;
    if (!is_agreeing(source)) {
        const bool silent = source.reach == 0 && source.state != ' ';
        parts.emplace_back(silent ? "does not answer" : chrony::describe_state(source.state));
    }
    if (auto fault = nts_fault(source, known != nullptr && known->asks_nts); !fault.empty())
        parts.push_back(std::move(fault));
    if (auto options = effective_options(source); !options.empty())
        parts.push_back("options in effect: " + options);
    std::string remark = fmt::format("{}", fmt::join(parts, "; "));
    if (!source.address || to_string(*source.address) == source.name) return remark;
    const std::string address = to_string(*source.address);
    return remark.empty() ? address : address + ": " + remark;
}

Table sources_table(const StatusReport& report, const DaemonState& state) {
    Table table({{""},
                 {"source", Align::left, 21},
                 {"st", Align::right},
                 {"offset", Align::right},
                 {"", Align::right},
                 {"from", Align::left, 32}});
    for (const DaemonSource& source : state.sources) {
        const SourceFacts* known = facts_of(report, source.name);
        const bool measured = source.last_sample.has_value() && source.reach != 0;
        const std::string origin =
            known == nullptr || known->origin.empty() ? "no file" : known->origin;
        table.add({std::string(1, source.state), printable(source.name),
                   measured ? std::to_string(source.stratum) : "-",
                   measured ? spell_signed(source.offset) : "-",
                   measured ? "±" + spell_bound(source.error) : "", printable(origin)},
                  tone_of(source));
        const std::string remark = remark_on(source, known);
        if (!remark.empty()) table.remark(remark);
    }
    return table;
}

std::string field(std::string_view name, const std::string& text) {
    std::string out = wrap(text, 12);
    out.replace(2, name.size(), name);
    return out;
}

std::string next_step(const StatusReport& report) {
    if (!report.unfinished.empty())
        return "Next: clockwright rollback last (heals what a crash left)";
    if (report.facts.no_daemon)
        return report.verdict.demonstrated ? "Look closer: clockwright drift"
                                           : "Next: clockwright drift";
    if (!report.verdict.reachable)
        return fmt::format("Next: is the daemon running? systemctl status {}",
                           place_of(report.kind, {})->unit);
    if (!report.verdict.demonstrated) return "Next: clockwright scan";
    return "Look closer: clockwright scan";
}

/// Digits and a point only, as plug-ins must write it: "0.1", "0.000001".
std::string plain_number(Seconds value) {
    std::string text = fmt::format("{:.9f}", value.count());
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

std::string perfdata(const StatusReport& report, const CheckLimits& limits) {
    std::string out;
    if (report.verdict.bound) {
        out = fmt::format("bound={:.9f}s;{};{} offset={:.9f}s ",
                          report.verdict.bound->total().count(), plain_number(limits.warning),
                          plain_number(limits.critical), report.verdict.bound->offset.count());
    }
    return out + fmt::format("agreeing={};{}:;{}:", report.verdict.agreeing,
                             limits.warning_agreeing, limits.critical_agreeing);
}

/// "5/5 expected sources selectable"; `missing`: those that are not, by name.
std::string expected_text(const StatusReport& report, const std::vector<std::string>& expected,
                          std::vector<std::string>& missing) {
    // The others of its list are not asked while the first answers.
    const bool one_server = traits_of(report.kind).one_server;
    std::size_t selectable = 0;
    for (const std::string& name : expected) {
        const bool fine =
            report.facts.state &&
            std::ranges::any_of(report.facts.state->sources, [&](const DaemonSource& source) {
                return source.name == name && (one_server || is_agreeing(source));
            });
        fine ? static_cast<void>(++selectable) : missing.push_back(name);
    }
    return fmt::format("{}/{} expected sources selectable", selectable, expected.size());
}

/// The worst of all that is wrong, with the words for it.
struct Judgement {
    int code = 0;
    std::string text;

    void raise(int to, const std::string& why) {
        if (to <= code) return;
        code = to;
        text = why;
    }
};

Judgement judge_report(const StatusReport& report, const CheckLimits& limits) {
    const ClockVerdict& verdict = report.verdict;
    Judgement judgement;
    if (!verdict.is_told()) return {3, verdict.sentence};
    if (report.last_change_failed)
        judgement.raise(2, "the last change failed and the old state is not proved");
    if (!verdict.demonstrated) {
        // What cannot be known is neither well nor ill.
        judgement.raise(verdict.bound_untold ? 3 : 2, verdict.sentence);
        return judgement;
    }
    const Seconds bound = verdict.bound->total();
    const std::string within = fmt::format("UTC within {}", spell_bound(bound));
    if (bound > limits.critical)
        judgement.raise(2, within + fmt::format(", more than {}", spell(limits.critical)));
    if (verdict.agreeing < limits.critical_agreeing) {
        judgement.raise(
            2, fmt::format("{}, but only {} source{} agree{}", within, verdict.agreeing,
                           verdict.agreeing == 1 ? "" : "s", verdict.agreeing == 1 ? "s" : ""));
    }
    if (bound > limits.warning)
        judgement.raise(1, within + fmt::format(", more than {}", spell(limits.warning)));
    if (verdict.stale) judgement.raise(1, verdict.sentence);
    if (!report.unfinished.empty()) judgement.raise(1, within);
    if (verdict.agreeing < limits.warning_agreeing) {
        judgement.raise(1, fmt::format("{}, but only {} sources agree", within, verdict.agreeing));
    }
    if (judgement.code == 0) judgement.text = within;
    return judgement;
}

/// What the agent saw over time: a server, this host; what fires. Its silence is not a good sign.
void heed_agent(const AgentWord& word, Judgement& judgement) {
    if (word.stale) {
        if (judgement.code < 2) judgement = {3, "the agent: " + agent_text(word)};
        return;
    }
    const bool was_well = judgement.code == 0;
    const std::string well = judgement.text;
    for (const Alert& alert : word.firing) {
        const int code = alert.severity == AlertSeverity::critical  ? 2
                         : alert.severity == AlertSeverity::warning ? 1
                                                                    : 0;
        judgement.raise(code, printable(alert.text));
    }
    if (word.blame.culprit == Culprit::host) judgement.raise(2, word.blame.sentence);
    // The culprit says more than the rule that noticed it.
    const bool told = word.blame.culprit == Culprit::server && !word.blame_silenced;
    if (told && was_well && judgement.code < 2) {
        judgement = {
            1, fmt::format("{}; this clock is right: {}", printable(word.blame.sentence), well)};
    }
    judgement.text += fmt::format("; agent {} ago", spell_age(word.age));
}

}  // namespace

std::string StatusReport::daemon_word() const {
    return std::string(facts.no_daemon ? no_daemon_word : to_string(kind));
}

std::string status_json(const StatusReport& report) {
    const ClockVerdict& verdict = report.verdict;
    const auto& state = report.facts.state;
    Json json;
    json["clockwright"] = version;
    json["daemon"] = report.daemon_word();
    json["demonstrated"] = verdict.demonstrated;
    json["offset_seconds"] = verdict.bound ? Json(verdict.bound->offset.count()) : Json(nullptr);
    json["bound_seconds"] = verdict.demonstrated && verdict.bound
                                ? Json(verdict.bound->total().count())
                                : Json(nullptr);
    json["terms"] = terms_json(verdict.bound);
    json["condition"] = verdict.condition;
    json["sentence"] = verdict.sentence;
    const bool synchronised = state && state->tracking.synchronised();
    json["stratum"] = synchronised ? Json(state->tracking.stratum) : Json(nullptr);
    json["read_from"] = state ? Json(state->read_from) : Json(nullptr);
    const bool dated = synchronised && state->tracking.bound_known;
    json["last_update_seconds"] = dated ? Json(verdict.age.count()) : Json(nullptr);
    json["unfinished"] = report.unfinished.empty() ? Json(nullptr) : Json(report.unfinished);
    json["last_change"] = report.last_change.empty() ? Json(nullptr) : Json(report.last_change);
    json["agent"] = report.agent ? Json{{"age_seconds", report.agent->age.count()},
                                        {"stale", report.agent->stale},
                                        {"culprit", to_string(report.agent->blame.culprit)},
                                        {"sentence", report.agent->blame.sentence},
                                        {"firing", report.agent->firing.size()}}
                                 : Json(nullptr);
    json["sources"] = Json::array();
    if (state) {
        for (const DaemonSource& source : state->sources)
            json["sources"].push_back(source_json(report, source));
    }
    if (report.details) {
        json["daemons"] = Json::parse(daemons_json(report.details->daemons, 0));
        json["provenance"] = Json::parse(provenance_json(report.details->provenance, 0));
        json["notes"] = report.notes;
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string status_text(const StatusReport& report, bool colour) {
    const auto& state = report.facts.state;
    std::string out = wrap(report.verdict.sentence, 0);
    if (colour && !report.verdict.demonstrated) out = toned(out, Tone::bad);
    if (!report.unfinished.empty()) out += wrap(report.unfinished, 0);
    out += field("daemon", report.daemon_text);
    if (report.verdict.bound) out += field("terms", terms_text(report.verdict));
    if (state) {
        out += field("sources", sources_text(*state, report.verdict));
        if (!state->sources.empty()) out += sources_table(report, *state).text(colour);
        if (!state->complete) {
            out += field("not seen",
                         "per-source reasons and NTS state: need the chrony socket (group _chrony, "
                         "or root)");
        }
    }
    if (report.details) {
        for (const DaemonPresence& daemon : report.details->daemons)
            out += field("unit", daemon_line(daemon));
        out += provenance_text(report.details->provenance, colour);
    }
    if (report.agent) {
        out += field("agent", agent_text(*report.agent));
        for (const Alert& alert : report.agent->firing) {
            out += field("alert",
                         fmt::format("{}: {}", to_string(alert.severity), printable(alert.text)));
        }
    }
    if (!report.last_change.empty()) out += field("change", report.last_change);
    for (const std::string& note : report.notes) out += field("note", note);
    if (state)
        out += wrap(fmt::format("No packet was sent; read from {} on {}.", report.facts.daemon,
                                state->read_from),
                    0);
    return out + next_step(report) + "\n";
}

CheckAnswer check_answer(const StatusReport& report, const CheckLimits& given) {
    CheckLimits limits = given;
    // It never has more than one by design: worth a warning, and no alarm at night.
    if (traits_of(report.kind).one_server) limits.critical_agreeing = 1;
    Judgement judgement = judge_report(report, limits);
    if (limits.expected && report.verdict.is_told()) {
        std::vector<std::string> missing;
        const std::string text = expected_text(report, *limits.expected, missing);
        if (!missing.empty()) {
            judgement.raise(1, fmt::format("{}, not {}", text, printable(missing.front())));
        } else if (judgement.code == 0) {
            judgement.text += ", " + text;
        }
    }
    if (report.agent) heed_agent(*report.agent, judgement);
    static constexpr const char* words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
    std::string text = judgement.text;
    if (!report.unfinished.empty()) text += "; " + report.unfinished;
    std::ranges::replace(text, '|', '/');  // a bar would begin the performance data
    std::string line = fmt::format("CLOCK {} - {}", words[judgement.code], text);
    if (report.verdict.is_told()) line += " |" + perfdata(report, limits);
    return {judgement.code, line + "\n"};
}

std::string check_json(const StatusReport& report, const CheckAnswer& answer) {
    Json json = Json::parse(status_json(report));
    static constexpr const char* words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
    json["check"] = words[answer.code];
    json["line"] = answer.line.substr(0, answer.line.size() - 1);
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace clockwright
