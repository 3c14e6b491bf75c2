/// Where the groups of rules put what they find. Inside the doctor only.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/lint.h"

namespace clockwright::rules {

/// One rule: what it is called, how bad a breach is, where it comes from and why it is one.
struct Rule {
    std::string_view id;
    Severity severity;
    std::string_view source;
    std::string_view reason;
};

/// A line of a file; the words "file:3" of sentences.
struct Place {
    std::string file;
    int line = 0;

    Place() = default;
    Place(std::string where, int number) : file(std::move(where)), line(number) {}
    Place(const Directive& directive) : file(directive.file), line(directive.line) {}
    Place(const SourceLine& source) : file(source.file), line(source.line) {}
    std::string text() const { return line > 0 ? file + ":" + std::to_string(line) : file; }
};

/// What is to be done: words for people and, where commands alone do it, those.
struct Cure {
    std::string text;
    Commands commands;

    Cure(std::string words) : text(std::move(words)) {}
    Cure(const char* words) : text(words) {}
    Cure(Commands ours) : text(text_of(ours)), commands(std::move(ours)) {}
    /// "systemctl unmask chrony && systemctl enable --now chrony"
    static std::string text_of(const Commands& commands);
};

/// systemctl with these words.
inline std::vector<std::string> systemctl(std::vector<std::string> words) {
    words.insert(words.begin(), "/usr/bin/systemctl");
    return words;
}

class Report {
  public:
    void add(const Rule& rule, std::string what, Cure cure, const Place& place = {}) {
        add_as(rule.severity, rule, std::move(what), std::move(cure), place);
    }
    /// The same with another severity than the rule has by itself.
    void add_as(Severity severity, const Rule& rule, std::string what, Cure cure,
                const Place& place = {}) {
        findings_.push_back({std::string(rule.id), severity, std::move(what),
                             std::string(rule.reason), "rules " + std::string(rule.source),
                             std::move(cure.text), place.file, place.line,
                             std::move(cure.commands)});
    }
    std::vector<Finding> take() { return std::move(findings_); }

  private:
    std::vector<Finding> findings_;
};

/// The groups, each in a file of its own. All but the last two need `input.config`.
void check_number_of_sources(const LintInput& input, Report& report);
void check_source_set(const LintInput& input, Report& report);
void check_source_lines(const LintInput& input, Report& report);
void check_steering(const LintInput& input, Report& report);
void check_leap_seconds(const LintInput& input, Report& report);
void check_access(const LintInput& input, Report& report);
void check_files(const LintInput& input, Report& report);
void check_daemons(const LintInput& input, Report& report);
void check_clock(const LintInput& input, Report& report);

inline bool is_ntpd(const LintInput& input) {
    return input.kind == DaemonKind::ntpsec;
}
inline bool is_chrony(const LintInput& input) {
    return input.kind == DaemonKind::chrony;
}
inline bool is_ntpd_rs(const LintInput& input) {
    return input.kind == DaemonKind::ntpd_rs;
}

/// What the daemon may follow: lines that are not `noselect`, by their index.
std::vector<std::size_t> voters(const LintInput& input);
/// Reference clocks but the undisciplined local one.
std::vector<const Directive*> reference_clocks(const DaemonConfig& config);
/// How many sources a line stands for: a pool's `maxsources`.
int sources_of(const SourceLine& line);
/// Of all lines and reference clocks.
int votes(const LintInput& input);
/// "127.127.1.0", "refclock local": the clock itself, called a source.
bool is_local_clock(const Directive& refclock);
/// "a, b and c", at most `most` of them by name.
std::string names_of(const std::vector<std::string>& names, std::size_t most = 4);
/// Is the short option `letter` among the words of a command line, also within "-gN"?
bool has_flag(const std::vector<std::string>& argv, char letter);
/// The number after `word` in "tos minclock 4 minsane 3".
bool number_after(const Directive& directive, std::string_view word, double& value);
/// Which word restarts our daemon: "systemctl restart chrony".
std::string restart_command(const LintInput& input);
/// With the host's own package manager: "apt-get install -y chrony"; words where it is not known.
Cure installing(const HostFacts& host, const std::string& package);

}  // namespace clockwright::rules
