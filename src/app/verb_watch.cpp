#include <fmt/format.h>

#include "app/exit_code.h"
#include "app/observe.h"
#include "app/output.h"
#include "app/verbs.h"
#include "publish/screen.h"
#include "system/clock.h"
#include "system/event_loop.h"
#include "system/terminal.h"
#include "system/wait.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr Seconds between_looks{2};  // the local daemon alone is asked: no packet leaves this host

/// The screen is given back however the verb ends.
class Screen {
  public:
    explicit Screen(const Command& command) : command_(command) {
        print_result(command_, screen_begins);
    }
    ~Screen() { print_result(command_, screen_ends); }
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    void show(std::string_view text) {
        print_result(command_, screen_frame(text, system::terminal_rows()));
    }

  private:
    const Command& command_;
};

}  // namespace

Result<int> run_watch(const Context& context) {
    const Command& command = context.command;
    if (command.json || command.quiet || !system::stdout_is_terminal()) {
        return fail(Fault::usage,
                    "watch draws on a terminal; for programs: clockwright status --json");
    }
    system::catch_signals();
    Screen screen(command);
    while (!system::interrupted()) {
        const StatusReport report = TRY(observe(context));
        if (report.not_permitted) return fail(Fault::not_permitted, report.facts.why_not);
        screen.show(status_text(report, uses_colour(command)) +
                    fmt::format("{}; every {:.0f} s, Ctrl-C ends it.\n",
                                rfc3339(system::read_wall_clock()), between_looks.count()));
        system::wait(between_looks);
    }
    return exit_done;
}

}  // namespace clockwright::app
