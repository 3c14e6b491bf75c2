#include "app/probation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

#include <filesystem>
#include <string_view>

#include "app/daemon_choice.h"
#include "app/environment.h"
#include "daemon/places.h"
#include "daemon/verify.h"
#include "system/child.h"
#include "system/clock.h"
#include "system/event_loop.h"
#include "system/local_host.h"
#include "system/wait.h"

namespace clockwright::app {
namespace {

constexpr const char* systemd_run = "/usr/bin/systemd-run";
constexpr const char* systemctl = "/usr/bin/systemctl";
constexpr Seconds silence{30};  // of a daemon that may only be starting; then it is gone
constexpr Seconds start_limit{10};

bool is_of_the_system(const DaemonPlace& place) {
    return place_of(place.kind, place.config_file)->config == place.config_file;
}

/// Whatever this run has its configuration from, the timer's has it from there too. systemd begins
/// with an environment of its own.
void give_environment(const Config& config, std::vector<std::string>& argv) {
    const std::string directory = variable_of("state.directory") + "=";
    for (char** one = environ; one != nullptr && *one != nullptr; ++one) {
        const std::string_view variable = *one;
        if (variable.starts_with(variable_prefix) && !variable.starts_with(directory))
            argv.push_back(fmt::format("--setenv={}", variable));
    }
    argv.push_back(fmt::format("--setenv={}{}", directory, config.state.directory));
}

Probation start_timer(const Context& context, const DaemonPlace& place, const std::string& id,
                      std::string_view purpose) {
    const Seconds delay = context.command.probation;
    if (delay <= Seconds{0} || !is_of_the_system(place)) return {};
    const system::LocalHost host;
    if (!system::is_root() || !has_systemd(host))
        return {{}, "no systemd here that could judge it once more"};
    const std::string unit = fmt::format("clockwright-{}-{}", purpose, id);
    std::vector<std::string> argv = {
        systemd_run,
        "--quiet",
        "--collect",
        "--unit=" + unit,
        fmt::format("--on-active={:.0f}s", delay.count()),
        "--timer-property=AccuracySec=1s",
        "--description=Clockwright judges change " + id + " once more"};
    give_environment(context.config, argv);
    argv.insert(argv.end(), {"--", system::own_program()});
    if (!context.command.config_file.empty()) {
        argv.emplace_back("--config");
        argv.push_back(std::filesystem::absolute(context.command.config_file));
    }
    for (const char* word : {"rollback", id.c_str(), "--unless-verified"}) argv.emplace_back(word);
    if (auto started = system::run_command(argv, start_limit); !started)
        return {{}, "its timer could not be started: " + started.error().message};
    return {unit + ".timer", {}};
}

}  // namespace

std::string Probation::service() const {
    return timer.substr(0, timer.rfind('.')) + ".service";
}

Probation begin_probation(const Context& context, const DaemonPlace& place, const std::string& id) {
    return start_timer(context, place, id, "verify");
}

Probation begin_rescue(const Context& context, const DaemonPlace& place, const std::string& id) {
    return start_timer(context, place, id, "rescue");
}

void end_rescue(const Probation& rescue) {
    // It may have begun, and waits for the lock that we hold. One that could not be stopped finds
    // that the change holds.
    if (!rescue.timer.empty())
        static_cast<void>(
            system::run_command({systemctl, "stop", rescue.timer, rescue.service()}, start_limit));
}

std::string why_not_kept(const store::Change& change, const DaemonPlace& place, Seconds patience) {
    if (change.plan.steps.empty()) return {};
    const SteadyTime began = system::read_clocks().steady;
    SteadyTime heard = began, now = began;
    std::string why;
    do {
        const auto state = read_full_state(place);
        now = system::read_clocks().steady;
        if (state) heard = now;
        if (!state) {
            why = state.error().message;
        } else {
            // The clock may have been set since, so that its offset then tells nothing now.
            // A clock that was set back by more than has passed leaves no telling what came after.
            const WallTime since = change.at < state->read_at ? change.at : WallTime{};
            const Plan plan = as_others_left_it(change.plan, *state);
            const auto found = verify(plan.steps.back().expect, *state, {}, since);
            if (found.holds) return {};
            why = fmt::format("{}", fmt::join(found.missing, "; "));
        }
        system::wait(Seconds{1});
    } while (now - began < patience && now - heard < silence && !system::interrupted());
    return why;
}

}  // namespace clockwright::app
