#include "app/doctor_fix.h"

#include <fmt/format.h>

#include <cstdio>

#include "publish/table.h"
#include "system/child.h"
#include "system/local_host.h"
#include "system/terminal.h"
#include "system/user_file.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr Seconds limit{600};  // a package may have to be fetched

void tell(const std::string& text) {
    std::fputs(text.c_str(), stderr);
}

bool run_all(const Commands& commands) {
    for (const auto& command : commands) {
        const auto done = system::run_command(command, limit);
        if (done) continue;
        tell(wrap("Not done: " + printable(done.error().message) + ".", 2));
        return false;
    }
    return true;
}

}  // namespace

Result<void> may_fix() {
    if (!system::stdin_is_terminal())
        return fail(Fault::usage,
                    "doctor --fix asks before each command and needs a terminal; doctor --json "
                    "lists the commands");
    if (!system::is_root())
        return fail(Fault::not_permitted,
                    fmt::format("doctor --fix changes this host and needs root: sudo {} doctor "
                                "--fix",
                                system::own_program()));
    return {};
}

bool fix(const std::vector<Finding>& findings) {
    bool any = false;
    for (const Finding& finding : findings) {
        if (finding.commands.empty()) continue;
        tell(wrap(fmt::format("{}: {}", to_string(finding.severity), printable(finding.what)), 0) +
             wrap(printable(finding.proposal), 2));
        if (system::confirm("Run this?") && run_all(finding.commands)) any = true;
    }
    return any;
}

}  // namespace clockwright::app
