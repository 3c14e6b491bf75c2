#include "daemon/apply.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "daemon/walk_back.h"
#include "time/spell.h"

namespace clockwright {
namespace {

/// What the daemon may take after a reload to list what it read.
constexpr Seconds listing_time{5};
/// A daemon that is silent so long does not come back by waiting.
constexpr Seconds silence_limit{10};

std::string describe_all(const std::vector<Action>& actions) {
    std::vector<std::string> texts;
    for (const auto& action : actions) texts.push_back(describe(action));
    return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace

std::string_view to_string(OutcomeKind kind) {
    static constexpr std::array<std::string_view, 5> words{"unchanged", "applied", "rolled_back",
                                                           "failed", "refused"};
    return words.at(static_cast<std::size_t>(kind));
}

Apply::Apply(Plan plan, Baseline baseline, ApplySettings settings)
    : plan_(std::move(plan)), baseline_(std::move(baseline)), settings_(settings) {}
Apply::~Apply() = default;
Apply::Apply(Apply&&) noexcept = default;
Apply& Apply::operator=(Apply&&) noexcept = default;

Apply Apply::healing(Plan plan, std::vector<std::pair<int, int>> begun, Baseline baseline,
                     ApplySettings settings) {
    const auto reason = fmt::format("change {} was left unfinished", plan.id);
    Apply apply(std::move(plan), std::move(baseline), settings);
    apply.begun_ = std::move(begun);
    apply.walk_back_ = std::make_unique<WalkBack>(apply.plan_, apply.begun_, reason, settings);
    apply.stage_ = Stage::walk_back;
    return apply;
}

ApplyEffect Apply::issue(Stage stage, ApplyEffect effect) {
    stage_ = stage;
    return effect;
}

ApplyEffect Apply::begin(const Now& now) {
    if (walk_back_) return walk_back_->begin(now);
    if (!plan_.change || plan_.steps.empty())
        return issue(Stage::finished, Outcome{.kind = OutcomeKind::unchanged,
                                              .verified = false,
                                              .before_first_step = true,
                                              .reason = plan_.reason});
    step_since_ = now.steady;
    return issue(Stage::check_done, CheckFiles{files_after(plan_)});
}

ApplyEffect Apply::next(const ApplyEvent& event, const Now& now) {
    if (walk_back_) return walk_back_->next(event, now);
    if (std::holds_alternative<Interrupt>(event)) return go_back("interrupted", now);
    const auto* performed = std::get_if<Performed>(&event);
    switch (stage_) {
        case Stage::check_done:
        case Stage::check_ground:
            if (const auto* checked = std::get_if<FilesChecked>(&event))
                return files_checked(*checked, now);
            break;
        case Stage::tell_rest:
            return issue(Stage::rest, Pause{settings_.rest});
        case Stage::rest:
            return check_ground(now);
        case Stage::intend:
            if (performed && !performed->result)
                return go_back(performed->result.error().message, now);
            begun_.emplace_back(step_, action_);
            // What a daemon knows after a restart it learned since; the first answer may come
            // before the command that restarts it ends.
            if (std::holds_alternative<RestartDaemon>(step().actions[action_]))
                reloaded_at_ = now.steady;
            return issue(Stage::perform, Perform{step().actions[action_]});
        case Stage::perform:
            if (performed) return action_performed(*performed, now);
            break;
        case Stage::note_done:
            return action_noted(now);
        case Stage::note_failed:
            return go_back(failure_, now);
        case Stage::tell_step:
        case Stage::wait:
            return issue(Stage::ask_daemon, AskDaemon{});
        case Stage::ask_daemon:
            if (const auto* answer = std::get_if<DaemonAnswered>(&event))
                return daemon_answered(*answer, now);
            break;
        case Stage::note_verified:
            // Whoever heals believes the journal only: what it cannot hold did not happen.
            if (performed && !performed->result)
                return go_back(performed->result.error().message, now);
            return issue(Stage::tell_verified, Say{numbered("confirm", confirmation_, now)});
        case Stage::tell_verified:
            step_since_ = now.steady;
            return next_step();
        case Stage::walk_back:
        case Stage::finished:
            break;
    }
    return go_back("the change was answered out of turn", now);
}

ApplyEffect Apply::files_checked(const FilesChecked& checked, const Now& now) {
    if (stage_ == Stage::check_done) {
        if (checked.different.empty() && daemon_lists(plan_.steps.back().expect))
            return issue(Stage::finished,
                         Outcome{.kind = OutcomeKind::unchanged,
                                 .verified = true,
                                 .before_first_step = true,
                                 .reason = "the host already is as the plan wants it"});
        if (settings_.rest <= Seconds{0}) return check_ground(now);
        return issue(Stage::tell_rest,
                     Say{fmt::format("waiting {}: the new sources were asked a moment ago, and the "
                                     "daemon begins with a burst of its own",
                                     spell_age(settings_.rest))});
    }
    if (!checked.different.empty())
        return refuse(fmt::format("{} changed since the plan was made; make a new one",
                                  fmt::join(checked.different, ", ")));
    if (listed_names(baseline_.state) != plan_.daemon_sources)
        return refuse("the daemon's sources changed since the plan was made; make a new one");
    return begin_action();
}

WallTime Apply::reload_by(const Now& now) const {
    return reloaded_at_ ? now.wall - (now.steady - *reloaded_at_) : WallTime{};
}

bool Apply::daemon_lists(const Expectation& expectation) const {
    auto names_only = expectation;
    names_only.proof_only = true;
    return verify(names_only, baseline_.state, baseline_, {}).holds;
}

ApplyEffect Apply::refuse(std::string why) {
    return issue(Stage::finished, Outcome{.kind = OutcomeKind::refused,
                                          .verified = false,
                                          .before_first_step = true,
                                          .reason = std::move(why)});
}

/// After the rest, so that what happened meanwhile is seen.
ApplyEffect Apply::check_ground(const Now& now) {
    step_since_ = now.steady;
    return issue(Stage::check_ground, CheckFiles{plan_.rests_on});
}

ApplyEffect Apply::begin_action() {
    return issue(Stage::intend, JournalLine{.event = "intend",
                                            .step = static_cast<int>(step_),
                                            .action = static_cast<int>(action_),
                                            .detail = describe(step().actions[action_])});
}

ApplyEffect Apply::action_performed(const Performed& performed, const Now& now) {
    JournalLine line{.event = "done",
                     .step = static_cast<int>(step_),
                     .action = static_cast<int>(action_),
                     .detail = {}};
    if (!performed.result) {
        failure_ = line.detail = performed.result.error().message;
        line.event = "failed";
        return issue(Stage::note_failed, std::move(line));
    }
    if (std::holds_alternative<ReloadSources>(step().actions[action_])) reloaded_at_ = now.steady;
    return issue(Stage::note_done, std::move(line));
}

ApplyEffect Apply::action_noted(const Now& now) {
    if (++action_ < step().actions.size()) return begin_action();
    asked_since_ = now.steady;
    silent_since_.reset();
    return issue(Stage::tell_step, Say{numbered(step().title, describe_all(step().actions), now)});
}

ApplyEffect Apply::daemon_answered(const DaemonAnswered& answer, const Now& now) {
    if (!answer.state) {
        if (!silent_since_) silent_since_ = now.steady;
        const auto lost = now.steady - *silent_since_ >= silence_limit;
        return not_verified(answer.state.error().message, lost, now);
    }
    silent_since_.reset();
    const Plan plan = as_others_left_it(plan_, *answer.state);
    const auto verification =
        verify(plan.steps[step_].expect, *answer.state, baseline_, reload_by(now));
    if (!verification.holds) {
        const auto listed_by_now = now.steady - asked_since_ >= listing_time;
        return not_verified(fmt::format("{}", fmt::join(verification.missing, "; ")),
                            verification.hopeless && listed_by_now, now);
    }
    baseline_.state = *answer.state;
    confirmation_ = verification.summary;
    return issue(
        Stage::note_verified,
        JournalLine{.event = "verified", .step = static_cast<int>(step_), .detail = confirmation_});
}

ApplyEffect Apply::not_verified(const std::string& missing, bool hopeless, const Now& now) {
    if (hopeless || now.steady - asked_since_ >= settings_.verify_timeout)
        return go_back("not verified: " + missing, now);
    return issue(Stage::wait, Pause{settings_.ask_every});
}

ApplyEffect Apply::next_step() {
    action_ = 0;
    if (++step_ < plan_.steps.size()) return begin_action();
    return issue(Stage::finished,
                 Outcome{.kind = OutcomeKind::applied, .verified = true, .reason = plan_.reason});
}

/// Nothing to take back before the first step.
ApplyEffect Apply::go_back(std::string why, const Now& now) {
    if (begun_.empty())
        return issue(Stage::finished, Outcome{.kind = OutcomeKind::failed,
                                              .verified = false,
                                              .before_first_step = true,
                                              .reason = std::move(why)});
    // cppcheck-suppress accessMoved ; what moved it has returned
    walk_back_ = std::make_unique<WalkBack>(plan_, begun_, std::move(why), settings_);
    stage_ = Stage::walk_back;
    return walk_back_->begin(now);
}

std::string Apply::numbered(const std::string& what, const std::string& text,
                            const Now& now) const {
    const auto number = 2 * step_ + (stage_ == Stage::note_verified ? 2 : 1);
    return fmt::format("{}/{} {:<9} {}  {}", number, 2 * plan_.steps.size(), what, text,
                       spell(now.steady - step_since_));
}

}  // namespace clockwright
