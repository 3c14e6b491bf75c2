#include "daemon/lint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <span>
#include <tuple>

#include "daemon/chrony_directives.h"
#include "daemon/lint_report.h"
#include "daemon/places.h"

namespace clockwright {
namespace rules {
namespace {

constexpr Rule unreadable{
    "config_unreadable", Severity::error, "T-6",
    "what the daemon will do at its next start cannot be known, and nothing of it was checked"};
constexpr Rule fault{"config_fault", Severity::warning, "T-6, F25",
                     "the daemon drops or misreads such a line, and says so in its log at best"};
constexpr Rule fatal{
    "config_fatal", Severity::error, "T-6, F26",
    "chronyd ends at such a line when it starts next, and nothing keeps the clock"};
constexpr Rule managed{"managed_file", Severity::advice, "T-6",
                       "what is edited here by hand is undone by its owner's next run"};
constexpr Rule shadowed{"shadowed_file", Severity::warning, "T-6",
                        "of two files with one name the daemon reads one; the other looks alive"};

/// As a shell takes it for one word.
std::string shell_word(const std::string& word) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:=@%+,-";
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
    std::string out = "'";
    for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

/// "FILE:12: …" as the place it names; none when it names none.
Place place_in(const std::string& text) {
    const std::size_t end = text.find(": ");
    const std::size_t colon = text.rfind(':', end == std::string::npos ? end : end - 1);
    if (end == std::string::npos || colon == std::string::npos || colon == end) return {};
    int line = 0;
    const char* last = text.data() + end;
    const auto read = std::from_chars(text.data() + colon + 1, last, line);
    if (read.ec != std::errc{} || read.ptr != last) return {};
    return {text.substr(0, colon), line};
}

/// chronyd passes over what it cannot take of a .sources file, and over nothing elsewhere.
bool is_fatal(const LintInput& input, const Place& place, std::string_view text) {
    if (!is_chrony(input) || place.line == 0 || place.file.ends_with(".sources")) return false;
    const std::string_view what = text.substr(place.text().size() + 2);
    return what.starts_with("unknown option ") || what.starts_with("option ") ||
           what.ends_with(" directive without a name");
}

void check_words(const LintInput& input, Report& report) {
    if (!is_chrony(input)) return;
    for (const Directive& directive : input.config->directives) {
        if (is_chrony_directive(directive.name)) continue;
        report.add(fatal, fmt::format("chronyd up to 4.8 knows no directive {}", directive.name),
                   "correct or remove the line; chronyd -p shows the rest", directive);
    }
}

void check_text(const LintInput& input, Report& report) {
    check_words(input, report);
    std::string told;
    for (const std::string& text : input.config->faults) {
        const Place place = place_in(text);
        // One wrong word often makes the words behind it wrong.
        if (place.line > 0 && place.text() == std::exchange(told, place.text())) continue;
        report.add(is_fatal(input, place, text) ? fatal : fault, text,
                   is_chrony(input) ? "correct or remove the line; chronyd -p shows the rest"
                                    : "correct or remove the line",
                   place);
    }
    for (const ManagedFile& file : input.host.managed) {
        report.add(managed, fmt::format("{}:{} says \"{}\"", file.file, file.line, file.text),
                   fmt::format("change it where it is made; clockwright scan --render {} prints "
                               "the lines",
                               to_string(input.kind)),
                   {file.file, file.line});
    }
    for (const ShadowedFile& file : input.config->shadowed) {
        report.add(shadowed,
                   fmt::format("{} is not read: {} has the same name", file.path, file.by),
                   fmt::format("rename or remove {}", file.path), {file.path, 0});
    }
}

}  // namespace

std::string Cure::text_of(const Commands& commands) {
    std::vector<std::string> lines;
    for (const auto& words : commands) {
        const std::size_t name = words.front().rfind('/') + 1;
        std::string line = words.front().substr(name);
        for (const std::string& word : std::span(words).subspan(1)) line += " " + shell_word(word);
        lines.push_back(std::move(line));
    }
    return fmt::format("{}", fmt::join(lines, " && "));
}

std::vector<std::size_t> voters(const LintInput& input) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < input.config->sources.size(); ++i)
        if (!input.config->sources[i].noselect) found.push_back(i);
    return found;
}

bool is_local_clock(const Directive& refclock) {
    if (refclock.arguments.empty()) return false;
    const std::string& first = refclock.arguments.front();
    return first.starts_with("127.127.1.") || same_word(first, "local");
}

std::vector<const Directive*> reference_clocks(const DaemonConfig& config) {
    auto clocks = config.all("refclock");
    std::erase_if(clocks, [](const Directive* clock) { return is_local_clock(*clock); });
    return clocks;
}

int sources_of(const SourceLine& line) {
    return line.type == SourceLine::Type::pool ? line.maxsources.value_or(4) : 1;
}

int votes(const LintInput& input) {
    int sum = static_cast<int>(reference_clocks(*input.config).size());
    for (const std::size_t i : voters(input)) sum += sources_of(input.config->sources[i]);
    return sum;
}

std::string names_of(const std::vector<std::string>& names, std::size_t most) {
    std::string text;
    const std::size_t shown = names.size() > most ? most - 1 : names.size();
    for (std::size_t i = 0; i < shown; ++i) {
        const bool last = i + 1 == names.size();
        text += (i == 0 ? "" : last ? " and " : ", ") + names[i];
    }
    if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
    return text;
}

bool has_flag(const std::vector<std::string>& argv, char letter) {
    constexpr std::string_view with_value = "cDfijklPprstuU";
    for (std::size_t i = 1; i < argv.size(); ++i) {
        const std::string& word = argv[i];
        if (word.size() < 2 || word[0] != '-' || word[1] == '-') continue;
        for (std::size_t at = 1; at < word.size(); ++at) {
            if (word[at] == letter) return true;
            if (!with_value.contains(word[at])) continue;
            if (at + 1 == word.size()) ++i;
            break;
        }
    }
    return false;
}

bool number_after(const Directive& directive, std::string_view word, double& value) {
    const auto& words = directive.arguments;
    const auto found = std::ranges::find(words, word);
    if (found == words.end() || found + 1 == words.end()) return false;
    const std::string& text = *(found + 1);
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

std::string restart_command(const LintInput& input) {
    const std::string main_file = input.config == nullptr ? "" : input.config->main_file;
    return fmt::format("systemctl restart {}", place_of(input.kind, main_file)->unit);
}

Cure installing(const HostFacts& host, const std::string& package) {
    if (host.installer.empty()) return "install " + package;
    auto words = host.installer;
    words.push_back(package);
    return Commands{words};
}

}  // namespace rules

std::string_view to_string(Severity severity) {
    switch (severity) {
        case Severity::error:
            return "error";
        case Severity::warning:
            return "warning";
        case Severity::advice:
            break;
    }
    return "advice";
}

std::vector<Finding> lint(const LintInput& input) {
    using namespace rules;
    Report report;
    if (input.config != nullptr) {
        check_number_of_sources(input, report);
        check_source_set(input, report);
        check_source_lines(input, report);
        check_steering(input, report);
        check_leap_seconds(input, report);
        check_access(input, report);
        check_text(input, report);
    } else if (!input.config_error.empty()) {  // empty: it is closed to us, or there is no daemon
        report.add(unreadable, input.config_error, "clockwright doctor, as a user who may read it");
    }
    check_files(input, report);
    check_daemons(input, report);
    check_clock(input, report);
    auto findings = report.take();
    std::ranges::stable_sort(findings, {}, &Finding::severity);
    return findings;
}

}  // namespace clockwright
