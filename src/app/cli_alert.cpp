#include "app/cli_alert.h"

#include <CLI/CLI.hpp>

#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr Seconds longest_silence{3650 * 24 * 3600.0};

std::string check_length(const std::string& text) {
    const auto length = parse_duration(text);
    if (!length) return "\"" + printable(text) + "\" is not a duration like 2h or 30min";
    return length->count() > 0 && *length <= longest_silence
               ? std::string{}
               : "it must be longer than nothing and at most 3650d";
}

void add_length(CLI::App& app, const std::string& name, std::optional<Seconds>& target,
                const std::string& help) {
    app.add_option_function<std::string>(
           name, [&target](const std::string& text) { target = parse_duration(text); }, help)
        ->type_name("DUR")
        ->check(check_length);
}

void add_test(CLI::App& alert, AlertCommand& command) {
    auto* test = alert.add_subcommand("test", "Send a test alert by every channel");
    test->add_option("CHANNEL", command.what, "Only those whose name begins like this");
    add_length(*test, "--resolve-after", command.resolve_after,
               "Then send its end as well (default: Alertmanager lets it end after 5 min)");
    test->footer("Exit code: 0 every channel took it, 1 one failed.");
}

void add_silence(CLI::App& alert, Command& command) {
    auto* silence = alert.add_subcommand("silence", "Tell nobody of a rule for a time");
    silence->add_option("RULE[@SERVER]", command.alert.what,
                        "with * and ? as in file names; or: list, remove N");
    silence->add_option("N", command.alert.number, "remove: the number that the list shows");
    add_length(*silence, "--for", command.alert.length, "For so long, at most 3650d");
    silence->add_option("--reason", command.reason, "Kept and shown")->type_name("TEXT");
    silence->footer(
        "Example: clockwright alert silence server_wrong@ntp2.corp.example --for 2h --reason "
        "\"moves today\"");
}

}  // namespace

void add_alert(CLI::App& app, Command& command) {
    auto* alert = app.add_subcommand("alert", "What is wrong now, the rules, and who is told");
    alert->require_subcommand(0, 1);
    alert->add_subcommand("list", "What is pending and firing, as the agent last wrote it");
    alert->add_subcommand("rules", "The rules in force, built-in and yours");
    add_test(*alert, command.alert);
    add_silence(*alert, command);
    alert->footer("Without a word: list.");
}

}  // namespace clockwright::app
