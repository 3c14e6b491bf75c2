#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <set>

#include "app/agent_files.h"
#include "app/correction_run.h"
#include "app/exit_code.h"
#include "app/leap_source.h"
#include "app/measured_run.h"
#include "app/output.h"
#include "app/own_event.h"
#include "app/transaction.h"
#include "app/verbs.h"
#include "daemon/correction_command.h"
#include "judge/leap_freeze.h"
#include "publish/sync_report.h"
#include "store/memory.h"
#include "system/clock.h"
#include "system/event_loop.h"
#include "system/local_host.h"
#include "system/terminal.h"
#include "system/tls_trust.h"
#include "system/wait.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr int burst_samples = 4;  // chronyd sends them 2 s apart
constexpr Seconds patience{30};
constexpr Seconds rest_of_strangers{3600};  // a burst is theirs once an hour (rule E-2)
constexpr std::string_view event_kind = "sync";

class ChronyStreet : public CorrectionStreet {
  public:
    explicit ChronyStreet(system::ChronySocket socket) : socket_(std::move(socket)) {}

    Result<DaemonState> read() override { return socket_.read_state(); }
    Result<void> burst() override { return socket_.burst(burst_samples); }
    Result<void> make_step() override { return socket_.make_step(); }
    UnsteeredReading clocks() override { return system::read_unsteered(); }
    bool wait(Seconds interval) override {
        system::wait(interval);
        return !system::interrupted();
    }

  private:
    system::ChronySocket socket_;
};

/// An operator that is not known is a group of its own, as in the choice of a set.
std::optional<ClockEvidence> evidence_of(const Run& run) {
    const Selection& selection = run.judged.selection;
    const Consensus consensus = clock_consensus(selection);
    if (!consensus.majority) return std::nullopt;
    std::set<std::string> operators;
    int unknown = 0;
    for (std::size_t i = 0; i < run.judged.candidates.size(); ++i) {
        if (!is_truechimer(selection.assessments[i].verdict)) continue;
        const std::string& name = run.judged.candidates[i].source.operator_name;
        name.empty() ? void(++unknown) : void(operators.insert(name));
    }
    return ClockEvidence{consensus.offset, consensus.bound, consensus.agreeing,
                         unknown + static_cast<int>(operators.size())};
}

bool asks_strangers(const DaemonState& state) {
    return std::ranges::any_of(state.sources, [](const DaemonSource& source) {
        return source.address && source.address->is_public();
    });
}

/// Age of the newest correction in the record; one from the future (the clock was set back) is now.
std::optional<Seconds> since_last(const Config& config, WallTime now) {
    const auto history = open_record(config);
    if (!history) return std::nullopt;
    const auto events = history->events({.from = now - to_nanoseconds(rest_of_strangers),
                                         .to = {},
                                         .server = {},
                                         .limit = INT_MAX});
    if (!events) return std::nullopt;
    std::optional<Seconds> age;
    for (const EventRow& event : *events)
        if (event.kind == event_kind) age = std::max(Seconds{0}, Seconds(now - event.at));
    return age;
}

/// One line in the ledger, in the audit chain, and in the journal: what, why, by whom.
Result<void> remember(const Context& context, const std::string& what, Seconds size) {
    const std::string reason =
        context.command.reason.empty() ? "" : ": " + printable(context.command.reason);
    const std::string text = fmt::format("{}, by {}{}", what, system::user_text(), reason);
    TRY(remember_event(
        context, EventRow{system::read_clocks().wall, std::string(event_kind), {}, text, size}));
    system::log_line("correction of the clock: " + text, false);
    return {};
}

struct Situation {
    CorrectionFacts facts;
    CorrectionLimits limits;
    UnsteeredReading measured;  ///< when the evidence held
    Seconds rest{};             ///< until the daemon may ask the servers that we asked
};

Result<Situation> look(const Context& context, const DaemonView& view, const Host& host) {
    const UnsteeredReading began = system::read_unsteered();
    const Run run = TRY(measured_run(context));
    Situation found;
    found.measured = system::read_unsteered();
    CorrectionFacts& facts = found.facts;
    facts.now = found.measured.wall;
    if (run.measured.fresh) facts.evidence = evidence_of(run);
    facts.why_no_evidence =
        run.measured.fresh ? "no majority of servers says what time it is"
                           : "servers were asked within the hour, and may not be asked again yet";
    const bool strangers = view.state && asks_strangers(*view.state);
    if (strangers) {
        found.limits.rest = rest_of_strangers;
        found.rest =
            rest_after(store::load(context.config.state.directory, nullptr).spent, facts.now);
    }
    found.limits.built = system::build_date();
    facts.since_last = since_last(context.config, facts.now);
    facts.freeze = freeze_reason(leap_table(host), facts.now, run.judged.selection);
    facts.daemon = {.name = std::string(traits_of(view.place.kind).program),
                    .hands = static_cast<int>(view.place.hands.size()),
                    .watches_only = view.place.watches_only(),
                    .why_not_commanded = std::string(why_not_commanded(view.place.kind)),
                    .outstanding = {}};
    // What is left of a slew changes by the second: it is asked for after the servers.
    const auto state = read_full_state(view.place);
    if (state && state->tracking.synchronised()) facts.daemon.outstanding = state->tracking.offset;
    if (state && facts.evidence)
        facts.evidence = after_moving(
            *facts.evidence,
            moved_between(began, found.measured, state->tracking.frequency.value_or(Ppm{})));
    return found;
}

int exit_code_of(const SyncReport& report) {
    if (report.outcome) {
        const CorrectionProof proof = report.outcome->proof;
        return proof == CorrectionProof::done       ? exit_done
               : proof == CorrectionProof::not_done ? exit_failed
                                                    : exit_not_proved;
    }
    if (is_due(report.decision)) return exit_change_due;
    if (report.decision.kind == CorrectionKind::no_evidence) return exit_no_set;
    return report.decision.kind == CorrectionKind::refuse ? exit_refused : exit_done;
}

Result<int> finish(const Context& context, const SyncReport& report) {
    print_result(context.command, context.command.json ? sync_json(report) : sync_text(report));
    return exit_code_of(report);
}

Result<void> ask_consent(const Command& command, const SyncReport& report) {
    if (command.yes) return {};
    if (!system::stdin_is_terminal())
        return fail(Fault::usage, "sync needs --yes when nobody can answer");
    print_remark(command, sync_text(report));
    if (system::confirm("Correct this clock?")) return {};
    if (system::interrupted()) return fail(Fault::interrupted, "interrupted; nothing changed");
    return fail("not confirmed; nothing changed");
}

Result<int> correct(const Context& context, const DaemonView& view, const Situation& situation,
                    SyncReport report) {
    TRY(ask_consent(context.command, report));
    auto street = ChronyStreet(TRY(open_control(view.place)));
    const ClockEvidence& evidence = *report.evidence;
    const std::string what =
        fmt::format("{} of {}", report.decision.kind == CorrectionKind::step ? "step" : "slew",
                    spell_signed(evidence.offset));
    if (situation.rest > Seconds{0}) {
        print_remark(context.command, fmt::format("Waiting {}: the servers were just asked.\n",
                                                  spell_age(situation.rest)));
        if (!street.wait(situation.rest))
            return fail(Fault::interrupted, "interrupted; nothing changed");
    }
    TRY(remember(context, what + " begun", evidence.offset));
    const CorrectionRun run = carry_out_correction(street, report.decision.kind, evidence,
                                                   situation.measured, situation.limits, patience);
    report.outcome = run.outcome;
    report.moved = run.trace.moved;
    report.took = run.took;
    if (auto kept = remember(context, what + ": " + run.outcome.reason, run.trace.moved); !kept)
        print_remark(context.command, "not recorded: " + kept.error().message + "\n");
    return finish(context, report);
}

}  // namespace

Result<int> run_sync(const Context& context) {
    const Command& command = context.command;
    const system::LocalHost host;
    const DaemonView view = TRY(view_daemon(context.config, host));
    std::optional<Transaction> alone;  // no change of the sources goes on meanwhile
    if (!command.dry_run) {
        system::outlive_terminal();
        alone = TRY(Transaction::begin(context, view.place));
    }
    const Situation situation = TRY(look(context, view, host));
    SyncReport report;
    report.daemon = situation.facts.daemon.name;
    report.evidence = situation.facts.evidence;
    report.decision =
        decide_correction(situation.facts, {command.step, command.back_to}, situation.limits);
    if (command.dry_run || !is_due(report.decision)) return finish(context, report);
    return correct(context, view, situation, std::move(report));
}

}  // namespace clockwright::app
