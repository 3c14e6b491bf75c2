#include <CLI/CLI.hpp>

#include "app/cli_verbs.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

/// Longer is for ever, which is what is meant where no length is given.
constexpr Seconds longest{3650 * 24 * 3600.0};

std::string check_duration(const std::string& text) {
    return parse_duration(text) ? std::string{}
                                : "\"" + printable(text) + "\" is not a duration like 100ms or 2h";
}

std::string check_length(const std::string& text) {
    const auto length = parse_duration(text).value_or(Seconds{0});
    return length.count() > 0 && length <= longest
               ? std::string{}
               : "it must be longer than nothing and at most 3650d";
}

/// A day is its first instant.
std::optional<WallTime> parse_instant(const std::string& text) {
    constexpr std::size_t length_of_day = std::string_view("2026-11-20").size();
    return parse_rfc3339(text.size() == length_of_day ? text + "T00:00:00Z" : text);
}

std::string check_instant(const std::string& text) {
    return parse_instant(text) ? std::string{}
                               : "\"" + printable(text) +
                                     "\" is no instant like 2026-11-20T10:31:07Z or 2026-11-20";
}

template <typename Target>
CLI::Option* add_duration_into(CLI::App& app, const std::string& name, Target& target,
                               const std::string& help) {
    return app
        .add_option_function<std::string>(
            name, [&target](const std::string& text) { target = *parse_duration(text); }, help)
        ->type_name("DUR")
        ->check(check_duration);
}

}  // namespace

CLI::Option* add_duration(CLI::App& app, const std::string& name, Seconds& target,
                          const std::string& help) {
    return add_duration_into(app, name, target, help);
}

CLI::Option* add_duration(CLI::App& app, const std::string& name, std::optional<Seconds>& target,
                          const std::string& help) {
    return add_duration_into(app, name, target, help);
}

void add_length(CLI::App& app, const std::string& name, std::optional<Seconds>& target,
                const std::string& help) {
    add_duration(app, name, target, help)->check(check_length);
}

CLI::Option* add_instant(CLI::App& app, const std::string& name, std::optional<WallTime>& target,
                         const std::string& help) {
    return app
        .add_option_function<std::string>(
            name, [&target](const std::string& text) { target = parse_instant(text); }, help)
        ->type_name("TIME")
        ->check(check_instant);
}

void add_period(CLI::App& app, HistoryCommand& command) {
    auto* from = add_instant(app, "--from", command.from, "Not before this");
    add_instant(app, "--to", command.to, "Before this");
    add_duration(app, "--since", command.since, "Of the last so long")->excludes(from);
}

void add_reason(CLI::App& app, Command& command, const std::string& help) {
    app.add_option("--reason", command.reason, help)->type_name("TEXT");
}

}  // namespace clockwright::app
