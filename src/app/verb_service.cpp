#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/daemon_access.h"
#include "app/daemon_choice.h"
#include "app/decision.h"
#include "app/exit_code.h"
#include "app/output.h"
#include "app/service_places.h"
#include "app/transaction.h"
#include "app/verbs.h"
#include "daemon/dialect.h"
#include "publish/table.h"
#include "publish/unit_files.h"
#include "store/lock.h"
#include "store/purge.h"
#include "system/child.h"
#include "system/local_host.h"
#include "system/user_file.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr const char* systemctl = "/usr/bin/systemctl";
constexpr Seconds systemctl_limit{60};
constexpr Seconds run_limit{1900};

struct OurFile {
    std::string path;
    std::string content;
};

UnitSettings unit_settings(const Context& context, const DaemonView& view) {
    UnitSettings settings;
    settings.program = system::own_program();
    if (!context.command.config_file.empty())
        settings.config_file = std::filesystem::absolute(context.command.config_file);
    settings.every = context.command.service.every;
    settings.allow_restart = context.command.allow_restart;
    settings.takeover = context.command.takeover;
    settings.state_directory = context.config.state.directory;
    settings.writable = {directory_of(view.place.config_file)};
    if (view.config) {
        const auto own = directory_of(dialect_of(view.place.kind).own_path(*view.config));
        if (own != settings.writable.front()) settings.writable.push_back(own);
    }
    if (view.place.control.starts_with('/'))
        settings.control_directory = directory_of(view.place.control);
    for (const char c : lots_of_this_machine())
        settings.lot = settings.lot * 31 + static_cast<unsigned char>(c);
    return settings;
}

/// What root's units run must be root's alone, and where they can see it.
Result<void> check_places(const UnitSettings& settings) {
    const std::string advice = "; copy it to /usr/local/bin first (./dev install)";
    if (const std::string why = system::changed_by_others(settings.program); !why.empty())
        return fail(Fault::bad_input, fmt::format("root's units would run {}, and {}{}",
                                                  settings.program, why, advice));
    for (const std::string& path :
         {settings.program, settings.config_file, settings.state_directory}) {
        for (const char* hidden : {"/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/"})
            if (path.starts_with(hidden))
                return fail(
                    Fault::bad_input,
                    fmt::format("the units see nothing below {}, where {} is", hidden, path));
    }
    return {};
}

/// A service that is refused every time must not look like one that works.
std::string every_run_is_refused(const DaemonView& view, const Command& command) {
    if (traits_of(view.place.kind).reloads || command.allow_restart) return {};
    return fmt::format(
        " But {} takes other servers only by a restart: without --allow-restart every change is "
        "refused.",
        to_string(view.place.kind));
}

/// `by_wish`: a unit of root's decides, and starts a dead daemon, for the agent.
std::vector<OurFile> files_of_service(const UnitSettings& settings, bool systemd, bool agent,
                                      bool by_wish) {
    if (!systemd) return {{cron_path, cron_file(settings)}};
    std::vector<OurFile> files{{unit_path(service_name), apply_unit(settings)},
                               {unit_path(timer_name), apply_timer(settings)},
                               {unit_path(heal_name), heal_unit(settings)}};
    if (agent) files.push_back({unit_path(agent_name), agent_unit(settings, {})});
    if (by_wish) {
        files.push_back({unit_path(wish_service_name), wish_unit(settings)});
        files.push_back({unit_path(wish_name), wish_path()});
    }
    return files;
}

/// With the leave that a daemon needs which takes nothing without a restart.
std::string sudoers_here(const Config& config) {
    const auto view = view_daemon(config, system::LocalHost());
    return sudoers_example(system::own_program(), view && !traits_of(view->place.kind).reloads);
}

Result<void> need_root(const Context& context, std::string_view word) {
    if (system::is_root()) return {};
    return fail(Fault::not_permitted,
                fmt::format("service {} writes units of the system and needs root: sudo {} service "
                            "{}; or in sudoers:\n{}",
                            word, system::own_program(), context.command.service.word,
                            sudoers_here(context.config)));
}

/// `next`: lines for people alone.
void print_done(const Command& command, std::string_view outcome, const std::string& sentence,
                std::string_view next = {}) {
    const nlohmann::ordered_json json{{"outcome", outcome}, {"sentence", sentence}};
    print_result(command,
                 command.json ? json.dump() + "\n" : wrap(sentence, 0) + std::string(next));
}

/// What would be written.
void print_files(const Command& command, const std::vector<OurFile>& files) {
    std::string text;
    auto rows = nlohmann::ordered_json::array();
    for (const OurFile& file : files) {
        text += fmt::format("=== {}\n{}", file.path, file.content);
        rows.push_back({{"path", file.path}, {"content", file.content}});
    }
    const nlohmann::ordered_json json{{"files", std::move(rows)}};
    print_result(command, command.json ? json.dump(2) + "\n" : text);
}

/// Writes what differs; how many files that were.
Result<int> write_files(const std::vector<OurFile>& files) {
    const system::LocalHost host;
    int written = 0;
    for (const OurFile& file : files) {
        WriteFile write;
        write.before = TRY(host.read(file.path));
        if (write.before.exists && write.before.content == file.content) continue;
        write.after = write.before;
        write.after.exists = true;
        write.after.content = file.content;
        write.after.sha256 = system::sha256_hex(file.content);
        write.after.mode = 0644;
        TRY(system::write_file(write));
        ++written;
    }
    return written;
}

Result<void> tell_systemd(const std::vector<std::string>& words) {
    std::vector<std::string> argv = {systemctl};
    argv.insert(argv.end(), words.begin(), words.end());
    return system::run_command(argv, systemctl_limit);
}

Result<int> install(const Context& context, const Host& host) {
    const DaemonView view = TRY(view_daemon(context.config, host));
    const UnitSettings settings = unit_settings(context, view);
    const bool systemd = has_systemd(host);
    const bool agent = context.command.service.agent;
    if (agent && !systemd) {
        return fail("--agent needs systemd: without it have your init start `clockwright agent`");
    }
    if (!systemd && host.glob(cron_directory).empty()) {
        return fail(
            fmt::format("no systemd runs here, and there is no {}: have your cron run "
                        "`clockwright apply --yes`",
                        cron_directory));
    }
    const Config::Agent& may = context.config.agent;
    const bool by_wish = agent && (may.apply != "off" || may.watchdog);
    const auto files = files_of_service(settings, systemd, agent, by_wish);
    if (context.command.dry_run) {
        print_files(context.command, files);
        return exit_done;
    }
    TRY(need_root(context, "install"));
    TRY(check_places(settings));
    const int written = TRY(write_files(files));
    if (systemd) {
        if (written > 0) TRY(tell_systemd({"daemon-reload"}));
        TRY(tell_systemd({"enable", "--now", "--quiet", timer_name}));
        TRY(tell_systemd({"enable", "--quiet", heal_name}));
        if (by_wish) TRY(tell_systemd({"enable", "--now", "--quiet", wish_name}));
        if (agent && written > 0) TRY(tell_systemd({"try-restart", agent_name}));
        if (agent) TRY(tell_systemd({"enable", "--now", "--quiet", agent_name}));
    }
    print_done(
        context.command, written == 0 ? "unchanged" : "installed",
        fmt::format("{} Every {} h a better set is looked for and applied{}{}.{}",
                    written == 0 ? "Nothing to do: the service is as it should be." : "Installed.",
                    std::lround(settings.every.count() / 3600),
                    settings.allow_restart ? ", with a restart of the daemon if need be" : "",
                    agent ? "; the agent runs" : "", every_run_is_refused(view, context.command)),
        "Next: clockwright service status\n");
    return exit_done;
}

/// While nobody holds it.
Result<void> remove_lock(const Config& config, const Host& host) {
    const auto view = view_daemon(config, host);
    if (!view) return {};
    const std::string path = lock_path(view->place);
    if (host.glob(path).empty()) return {};
    const auto alone = TRY(store::Lock::take(path));
    system::remove_file(path);
    return {};
}

Result<int> remove(const Context& context, const Host& host) {
    TRY(need_root(context, "remove"));
    const auto has_unit = [&](const char* name) {
        return has_systemd(host) && !host.glob(unit_path(name)).empty();
    };
    for (const char* begun : {timer_name, heal_name, agent_name, wish_name})
        if (has_unit(begun)) TRY(tell_systemd({"disable", "--now", "--quiet", begun}));
    // One that works now walks back and ends before its unit goes.
    for (const char* at_work : working_units)
        if (has_unit(at_work)) TRY(tell_systemd({"stop", "--quiet", at_work}));
    std::vector<std::string> paths{cron_path};
    std::ranges::transform(our_units, std::back_inserter(paths), unit_path);
    int removed = 0;
    for (const std::string& path : paths) {
        WriteFile write;
        write.before = TRY(host.read(path));
        if (!write.before.exists) continue;
        write.after = write.before;
        write.after.exists = false;
        write.after.content.clear();
        write.after.sha256.clear();
        TRY(system::write_file(write));
        ++removed;
    }
    if (has_systemd(host) && removed > 0) {
        TRY(tell_systemd({"daemon-reload"}));
        for (const char* gone : our_units)
            static_cast<void>(tell_systemd({"reset-failed", "--quiet", gone}));
    }
    const std::string& state = context.config.state.directory;
    if (context.command.service.purge) {
        TRY(remove_lock(context.config, host));
        TRY(store::purge(state));
        TRY(store::purge(service_state));
        system::remove_file(service_state_link);
    }
    print_done(
        context.command, removed > 0 ? "removed" : "unchanged",
        fmt::format(
            "{}{}", removed > 0 ? "Removed." : "Nothing to do: it was not installed.",
            context.command.service.purge
                ? fmt::format(" The record in {} and the agent's are gone too.", state)
                : fmt::format(" The record of changes stays in {} (--purge removes it).", state)));
    return exit_done;
}

Result<int> run_now(const Context& context, const Host& host) {
    TRY(need_root(context, "run-now"));
    if (!has_systemd(host) || host.glob(unit_path(service_name)).empty())
        return fail("the service is not installed; clockwright service install");
    TRY(system::run_command({systemctl, "start", service_name}, run_limit));
    print_done(context.command, "done", "It ran.",
               "Next: journalctl -u clockwright-apply, clockwright rollback\n");
    return exit_done;
}

/// A unit of ours that begins by itself.
struct UnitLook {
    std::string name;
    bool enabled = false, active = false;
};

std::vector<UnitLook> look_at_units(const Host& host) {
    std::vector<UnitLook> looks;
    for (const char* name : {timer_name, agent_name, wish_name}) {
        if (!has_systemd(host) || host.glob(unit_path(name)).empty()) continue;
        const auto holds = [&](const char* question) {
            return tell_systemd({question, "--quiet", name}).has_value();
        };
        looks.push_back({name, holds("is-enabled"), holds("is-active")});
    }
    return looks;
}

/// `enabled` and `active` are the timer's; all units stand in `units`.
std::string status_as_json(const std::vector<UnitLook>& units, bool installed, bool systemd) {
    nlohmann::ordered_json json{{"installed", installed},
                                {"scheduler", systemd ? "systemd" : "cron"},
                                {"enabled", installed && !systemd},
                                {"active", installed && !systemd},
                                {"units", nlohmann::ordered_json::array()}};
    for (const UnitLook& unit : units) {
        if (unit.name == timer_name) {
            json["enabled"] = unit.enabled;
            json["active"] = unit.active;
        }
        json["units"].push_back(
            {{"name", unit.name}, {"enabled", unit.enabled}, {"active", unit.active}});
    }
    return json.dump() + "\n";
}

std::string status_as_text(const std::vector<UnitLook>& units, bool installed, bool systemd) {
    if (!installed && units.empty())
        return "The service is not installed; nothing runs by itself.\n"
               "Next: clockwright service install --every 6h\n";
    if (!systemd) return fmt::format("The service is installed: {}.\n", cron_path);
    const bool well = std::ranges::all_of(
        units, [](const UnitLook& unit) { return unit.enabled && unit.active; });
    std::string text = well ? "The service is installed and runs.\n"
                            : "The service is installed, and not all of it runs.\n";
    for (const UnitLook& unit : units)
        text +=
            fmt::format("  {:<25}  {}, {}\n", unit.name, unit.enabled ? "enabled" : "not enabled",
                        unit.active ? "runs" : "does not run");
    return text +
           "Next: systemctl list-timers clockwright-apply.timer; its log: journalctl -u "
           "'clockwright-*'\n";
}

Result<int> show_status(const Context& context, const Host& host) {
    const bool systemd = has_systemd(host), installed = is_scheduled(host);
    const auto units = look_at_units(host);
    if (context.command.json) {
        print_result(context.command, status_as_json(units, installed, systemd));
        return exit_done;
    }
    std::string text = status_as_text(units, installed, systemd);
    if (!system::is_root())
        text += "To let a group run it, in sudoers:\n" + sudoers_here(context.config);
    print_result(context.command, text);
    return exit_done;
}

}  // namespace

Result<int> run_service(const Context& context) {
    const system::LocalHost host;
    const Seconds every = context.command.service.every;
    const double whole = every.count() / 3600;
    if (whole < 1 || whole > 24 || std::abs(whole - std::round(whole)) > 1e-9)
        return fail(Fault::usage, "--every: whole hours, from 1h to 24h");
    const std::string& word = context.command.service.word;
    if (word == "install") return install(context, host);
    if (word == "remove") return remove(context, host);
    if (word == "run-now") return run_now(context, host);
    return show_status(context, host);
}

}  // namespace clockwright::app
