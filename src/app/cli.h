/// The table of verbs and their options; what a command line means (CLI11 is seen by cli*.cpp
/// alone).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/config.h"
#include "result.h"

namespace clockwright::app {

enum class Verb {
    scan,
    servers,
    plan,
    apply,
    rollback,
    status,
    check,
    watch,
    drift,
    sync,
    rtc,
    report,
    config,
    service,
    agent,
    history,
    doctor,
    alert,
    lab,
    demo
};

/// What `servers` is told.
struct ServersCommand {
    std::string word = "list";  ///< list, show, block, allow, refresh
    std::string host;
    bool blocked = false, allowed = false, nts = false, newcomers = false;
    std::string country;  ///< two capital letters; empty: all
    std::optional<Seconds> length;
    std::string import_file, url, key;
};

/// What `service` is told.
struct ServiceCommand {
    std::string word = "status";  ///< install, remove, status, run-now
    Seconds every{6 * 3600.0};
    bool purge = false;
    bool agent = false;  ///< install: the agent beside the timer
};

/// What `history` is told.
struct HistoryCommand {
    /// runs, samples, clock, events, alerts, changes, at, show, import, export
    std::string word = "runs";
    std::optional<WallTime> from, to;
    std::optional<Seconds> since;
    std::string server;
    std::optional<int> limit;
    std::optional<WallTime> at;
    std::string id;     ///< of the change to show
    bool last = false;  ///< changes: only the newest
    std::string import_file;
    Seconds zone{};  ///< of time stamps without one
    bool skip_faulty = false;
    std::string exported = "samples", format = "csv";
};

/// What `report` is told.
struct ReportCommand {
    std::string word = "compliance";
    std::string profile;          ///< by name, or a file; empty: `own`
    std::string format = "text";  ///< text, markdown, html, csv; its period is that of `history`
    std::string out;              ///< a file instead of stdout
    std::string sign;             ///< a private key: the file gets a signature beside it
    std::string document, key;    ///< verify: a signed file, and the public key of who signed it
    std::string id;               ///< change: which; empty: the last
};

/// What `alert` is told.
struct AlertCommand {
    std::string word = "list";  ///< list, rules, test, silence
    std::string what;           ///< test: a channel; silence: RULE[@SERVER], list or remove
    int number = 0;             ///< silence remove
    std::optional<Seconds> length;
    std::optional<Seconds> resolve_after;  ///< test: then it ends
};

/// What `doctor` is told.
struct DoctorCommand {
    bool fix = false;           ///< run what cures by commands alone, each with consent
    bool post_install = false;  ///< only what a new installation still lacks
};

/// Everything a command line can say. What a verb does not know, its parser refuses.
struct Command {
    Verb verb = Verb::status;
    // global
    std::string config_file;
    bool json = false, quiet = false, no_color = false;
    int verbose = 0;
    // measuring
    std::vector<std::string> hosts;
    std::optional<int> samples;
    std::optional<Seconds> spacing;
    bool internet = false, ipv4 = false, ipv6 = false, explain = false, dry_run = false,
         diagnose = false, csv = false;
    std::optional<std::string> profile, nts;
    std::optional<int> minimum, confirmations;
    std::optional<int> count;  ///< watch: so many looks as text, then the end
    std::vector<std::string> ca;
    std::string record, replay, render;
    // changing
    std::string file;   ///< plan --out, apply FILE, rollback ID, lab WORLD, config's word
    bool once = false;  ///< agent
    bool yes = false, takeover = false, allow_restart = false, serving = false;
    std::string reason;
    bool step = false;                ///< sync: a step is permitted
    std::optional<WallTime> back_to;  ///< sync: the time that a step back leads to, as typed
    Seconds probation{600};           ///< apply: judged once more after so long; 0: never
    bool unless_verified = false;     ///< rollback: only when the change no longer holds
    bool unfinished = false;          ///< rollback: only what was left unfinished
    ServersCommand servers;
    ServiceCommand service;
    HistoryCommand history;
    AlertCommand alert;
    ReportCommand report;
    DoctorCommand doctor;
    // check
    Seconds warning{0.1}, critical{0.5};
    std::string expect;
    // agent
    std::optional<std::string> mode, listen;
    // demo
    std::string chronyd;
};

/// Help and version come back as text for stdout.
struct Parsed {
    std::optional<Command> command;
    std::string text;
};

/// Fault::usage with one sentence and how to get help.
Result<Parsed> parse_command_line(int argc, char** argv);

/// The first word that is no option: the verb, known or not; empty without one.
std::string first_word(int argc, char** argv);

/// The command line over the files: its options become the origin "command line".
void override_config(Config& config, const Command& command);

}  // namespace clockwright::app
