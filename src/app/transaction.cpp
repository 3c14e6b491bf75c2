#include "app/transaction.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "app/change_telling.h"
#include "app/exit_code.h"
#include "app/output.h"
#include "daemon/chrony_source_line.h"
#include "daemon/different_files.h"
#include "publish/change_notice.h"
#include "publish/table.h"
#include "store/memory.h"
#include "system/clock.h"
#include "system/event_loop.h"
#include "system/local_host.h"
#include "system/terminal.h"
#include "system/user_file.h"
#include "system/wait.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr Seconds restart_limit{60};
constexpr Seconds burst_distance{32};
constexpr int backups_kept = 5;

/// A source the daemon will greet with a burst, and not one of our own network.
bool is_stranger(const std::string& name) {
    const auto host = parse_host(name);
    const auto address = host ? parse_address(host->name) : std::nullopt;
    return !address || address->is_public();
}

bool brings_strangers(const Plan& plan) {
    const auto restarts = [](const Step& step) {
        return std::ranges::any_of(step.actions, [](const Action& action) {
            return std::holds_alternative<RestartDaemon>(action);
        });
    };
    return std::ranges::any_of(plan.add, is_stranger) || std::ranges::any_of(plan.steps, restarts);
}

/// How long the public addresses that we asked must be left alone before the daemon's burst.
Seconds rest_before(const Plan& plan, const Config& config) {
    if (!brings_strangers(plan)) return Seconds{0};
    return rest_after(store::load(config.state.directory, nullptr).spent,
                      system::read_clocks().wall);
}

/// Files that were to replace others: under the lock nobody is at work on one.
void remove_what_a_kill_left(const Plan& plan) {
    const system::LocalHost host;
    for (const FileState& file : files_after(plan)) {
        for (const std::string& left : host.glob(directory_of(file.path) + "/.clockwright-??????"))
            system::remove_file(left);
    }
}

}  // namespace

Seconds rest_after(const std::vector<ntp::Spent>& spent, WallTime now) {
    Seconds rest{0};
    for (const ntp::Spent& one : spent) {
        const Seconds age = now - one.last;
        if (age >= Seconds{0}) rest = std::max(rest, burst_distance - age);
    }
    return rest;
}

std::vector<IpAddress> greeted(std::set<IpAddress>& listed, const DaemonState& state) {
    std::set<IpAddress> now;
    for (const DaemonSource& source : state.sources)
        if (source.address) now.insert(*source.address);
    std::vector<IpAddress> added;
    std::ranges::copy_if(now, std::back_inserter(added), [&](const IpAddress& address) {
        return address.is_public() && !listed.contains(address);
    });
    listed = std::move(now);
    return added;
}

Done nothing_done(std::string id, std::string reason) {
    return {{OutcomeKind::unchanged, true, true, std::move(reason)}, std::move(id), false};
}

int exit_code_of(const Done& done) {
    const Outcome& outcome = done.outcome;
    const bool proved = outcome.kind != OutcomeKind::failed || outcome.before_first_step;
    if (done.interrupted && proved) return exit_interrupted;
    switch (outcome.kind) {
        case OutcomeKind::unchanged:
        case OutcomeKind::applied:
            return exit_done;
        case OutcomeKind::refused:
            return exit_refused;
        case OutcomeKind::rolled_back:
        case OutcomeKind::failed:
            break;
    }
    return proved ? exit_failed : exit_not_proved;
}

Transaction::Transaction(const Context& context, DaemonPlace place, store::Lock lock,
                         store::Journal journal)
    : context_(&context),
      place_(std::move(place)),
      lock_(std::move(lock)),
      journal_(std::move(journal)) {}

std::string lock_path(const DaemonPlace& place) {
    return directory_of(place.config_file) + "/.clockwright.lock";
}

Result<Transaction> Transaction::begin(const Context& context, const DaemonPlace& place) {
    store::Lock lock = TRY(store::Lock::take(lock_path(place)));
    store::Journal journal = TRY(store::Journal::open(context.config.state.directory));
    return Transaction(context, place, std::move(lock), std::move(journal));
}

Result<void> Transaction::perform(const Action& action) {
    if (const auto* write = std::get_if<WriteFile>(&action)) return system::write_file(*write);
    if (const auto* restart = std::get_if<RestartDaemon>(&action)) {
        listed_.clear();  // it will greet all of them
        return system::run_command(restart->argv, restart_limit);
    }
    auto socket = TRY(open_control(place_));
    if (const auto* removal = std::get_if<DeleteSource>(&action))
        return removal->address.is_unspecified() ? socket.delete_unresolved(removal->name)
                                                 : socket.delete_source(removal->address);
    if (const auto* addition = std::get_if<AddSource>(&action)) {
        const auto line = chrony::parse_source_line(addition->line);
        if (!line) return fail("\"" + printable(addition->line) + "\" is no source line");
        return socket.add_source(*line);
    }
    TRY(socket.reload_sources());
    // Those that stay may be asked only in many minutes, and until then nobody follows them.
    if (only_removes_) static_cast<void>(socket.burst(1));
    return {};
}

Result<DaemonState> Transaction::ask_daemon() {
    return read_full_state(place_);
}

/// The daemon's own packets count for the time between two (rules E-1, E-2). Where that cannot be
/// remembered no public server is asked by us at all.
void Transaction::remember_bursts(const DaemonState& state) {
    const auto to = greeted(listed_, state);
    if (to.empty()) return;
    static_cast<void>(
        store::change_memory(context_->config.state.directory, [&](store::Memory& memory) {
            ntp::remember_packets(memory.spent, to, system::read_wall_clock());
        }));
}

ApplyEvent Transaction::carry_out(const ApplyEffect& effect, const std::string& id) {
    if (const auto* line = std::get_if<JournalLine>(&effect)) {
        if (auto written = journal_.append(id, *line, system::read_clocks().wall); !written) {
            return Performed{std::unexpected(written.error())};
        }
        if (after_journal_) after_journal_(*line);
        return Continue{};
    }
    if (const auto* task = std::get_if<Perform>(&effect)) return Performed{perform(task->action)};
    if (std::holds_alternative<AskDaemon>(effect)) {
        auto state = ask_daemon();
        if (state) remember_bursts(*state);
        return DaemonAnswered{std::move(state)};
    }
    if (const auto* check = std::get_if<CheckFiles>(&effect)) {
        return FilesChecked{different_files(check->files, system::LocalHost())};
    }
    if (const auto* say = std::get_if<Say>(&effect)) {
        clear_progress(context_->command);
        print_remark(context_->command, wrap(say->text, 0));
    } else if (const auto* pause = std::get_if<Pause>(&effect)) {
        const Seconds waited = system::read_clocks().steady - began_.steady;
        print_progress(
            context_->command,
            fmt::format("asking {}, {} so far", traits_of(place_.kind).program, spell_age(waited)));
        system::wait(pause->interval);
    }
    return Continue{};
}

Done Transaction::drive(Apply machine, const std::string& id) {
    began_ = system::read_clocks();
    ApplyEffect effect = machine.begin(began_);
    while (!std::holds_alternative<Outcome>(effect)) {
        ApplyEvent event = carry_out(effect, id);
        if (system::interrupted() && !interrupted_) {
            interrupted_ = true;
            event = Interrupt{};
        }
        effect = machine.next(event, system::read_clocks());
    }
    clear_progress(context_->command);
    Done done{std::get<Outcome>(effect), id, interrupted_};
    if (auto closed = journal_.close(id, done.outcome, system::read_clocks().wall); !closed) {
        done.outcome.reason += "; the record could not be closed: " + closed.error().message;
        // Whoever comes next believes the record, and takes the change back.
        if (done.outcome.kind == OutcomeKind::applied) {
            done.outcome.kind = OutcomeKind::failed;
            done.outcome.verified = false;
        }
    }
    static_cast<void>(journal_.prune(backups_kept));  // an old backup more does no harm
    if (done.outcome.kind == OutcomeKind::failed && !done.outcome.before_first_step) {
        system::log_line(fmt::format("change {} failed and the old state is not proved: {}", id,
                                     done.outcome.reason),
                         true);
    }
    return done;
}

ApplySettings Transaction::settings_for(Seconds rest) const {
    // Who sets a time-out means it; the default is lengthened to what the daemon needs.
    const bool set = context_->config.is_set("apply.verify_timeout");
    const Seconds timeout = context_->config.apply.verify_timeout;
    const Seconds needed = traits_of(place_.kind).verify_at_least;
    return {set ? timeout : std::max(timeout, needed), Seconds{1}, rest};
}

Result<Done> Transaction::run(const Plan& plan, const std::string& reason,
                              std::optional<Baseline> given, const Guard& guard) {
    const Baseline baseline = given ? std::move(*given) : Baseline{TRY(ask_daemon())};
    const std::string id = TRY(
        journal_.begin(plan, baseline, system::user_text(), reason, system::read_clocks().wall));
    const ApplySettings settings = settings_for(rest_before(plan, context_->config));
    if (guard.begun) guard.begun(id);
    listed_.clear();
    only_removes_ = plan.add.empty() && !plan.remove.empty();
    greeted(listed_, baseline.state);
    Done done = drive(Apply(plan, baseline, settings), id);
    if (guard.ended) guard.ended(done);
    tell(plan, baseline, reason, done);
    return done;
}

/// The channels hear of a change by whatever verb it was made.
void Transaction::tell(const Plan& plan, const Baseline& baseline, const std::string& reason,
                       const Done& done) {
    if (done.outcome.before_first_step) return;
    const auto after = ask_daemon();
    const auto notice = change_notice({.plan = plan,
                                       .outcome = done.outcome,
                                       .id = done.id,
                                       .by = system::user_text(),
                                       .reason = reason,
                                       .before = &baseline.state,
                                       .after = after ? &*after : nullptr,
                                       .at = system::read_wall_clock()});
    if (notice) tell_change(*context_, *notice);
}

Result<std::optional<Done>> Transaction::heal() {
    const auto left = TRY(journal_.unfinished(place_.config_file));
    if (!left) return std::optional<Done>{};
    if (!left->fault.empty()) {
        return fail(Fault::bad_input, left->fault + "; look at it, then move that file away");
    }
    print_remark(context_->command,
                 fmt::format("Found unfinished change {} (begun {}). Walking it back first.\n",
                             left->id, rfc3339(left->at)));
    const ApplySettings settings = settings_for(Seconds{0});
    const auto state = ask_daemon();
    if (state) greeted(listed_, *state);
    Plan plan = state ? as_others_left_it(left->plan, *state) : left->plan;
    Done done =
        drive(Apply::healing(std::move(plan), left->begun, left->baseline, settings), left->id);
    remove_what_a_kill_left(left->plan);
    tell(left->plan, left->baseline, left->reason, done);
    const bool back = done.outcome.kind == OutcomeKind::rolled_back && !done.interrupted;
    if (back && is_rollback(left->plan)) {
        print_remark(context_->command, "It was a roll-back, which now goes on.\n");
        const auto now = TRY(ask_daemon());
        Plan again = as_others_left_it(left->plan, now);
        again.daemon_sources = listed_names(now);
        done = TRY(run(again, left->reason, Baseline{now}));
        done.went_on = true;
    }
    return std::optional(std::move(done));
}

std::string unfinished_text(const store::Journal& journal) {
    const auto left = journal.unfinished();
    if (!left && left.error().fault == Fault::not_permitted) return {};  // not ours to know
    if (!left) return "The record of changes cannot be read: " + left.error().message + ".";
    if (!*left) return {};
    if (!(*left)->fault.empty())
        return "A record of changes cannot be read: " + (*left)->fault + ".";
    return fmt::format(
        "Found unfinished change {} (begun {}); the next apply heals it, and so does clockwright "
        "rollback last.",
        (*left)->id, rfc3339((*left)->at));
}

std::string unfinished_text(const Config& config) {
    const auto journal = store::Journal::open_to_read(config.state.directory);
    return journal ? unfinished_text(*journal) : std::string{};
}

}  // namespace clockwright::app
