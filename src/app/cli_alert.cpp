#include <CLI/CLI.hpp>

#include "app/cli_verbs.h"

namespace clockwright::app {
namespace {

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
    add_reason(*silence, command, "Kept and shown");
    silence->footer(
        "Example: clockwright alert silence server_wrong@ntp2.corp.example --for 2h --reason "
        "\"moves today\"");
}

}  // namespace

void add_alert(CLI::App& alert, Command& command) {
    alert.require_subcommand(0, 1);
    alert.add_subcommand("list", "What is pending and firing, as the agent last wrote it");
    alert.add_subcommand("rules", "The rules in force, built-in and yours");
    add_test(alert, command.alert);
    add_silence(alert, command);
    alert.footer("Without a word: list.");
}

}  // namespace clockwright::app
