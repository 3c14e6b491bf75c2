#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "app/exit_code.h"
#include "app/observe.h"
#include "app/output.h"
#include "app/verbs.h"
#include "publish/drift_graph.h"
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

/// What was seen so far: how the clock's offset went, as its daemon tells it.
class Looks {
  public:
    void add(const StatusReport& report) {
        const auto& bound = report.verdict.bound;
        if (offsets_.size() == drift_graph_columns) offsets_.erase(offsets_.begin());
        offsets_.push_back(bound ? std::optional(bound->offset) : std::nullopt);
    }

    std::string graph() const { return drift_graph(offsets_); }

  private:
    std::vector<std::optional<Seconds>> offsets_;
};

std::size_t lines_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

/// Without the picture where it would push the status from the screen.
std::string frame_of(const std::string& status, const std::string& graph, const std::string& last) {
    const std::size_t rows = system::terminal_rows();
    const std::string whole = status + "\n" + graph + last;
    return !graph.empty() && (rows == 0 || lines_of(whole) < rows) ? whole : status + last;
}

Result<StatusReport> look(const Context& context) {
    StatusReport report = TRY(observe(context));
    if (report.not_permitted) return fail(Fault::not_permitted, report.facts.why_not);
    return report;
}

Result<int> watch_screen(const Context& context) {
    const Command& command = context.command;
    Screen screen(command);
    Looks looks;
    while (!system::interrupted()) {
        const StatusReport report = TRY(look(context));
        looks.add(report);
        screen.show(
            frame_of(status_text(report, uses_colour(command)), looks.graph(),
                     fmt::format("{}; every {:.0f} s, Ctrl-C ends it.\n",
                                 rfc3339(system::read_wall_clock()), between_looks.count())));
        system::wait(between_looks);
    }
    return exit_done;
}

/// As text that can be kept, with the picture of all looks at the end.
Result<int> watch_times(const Context& context, int times) {
    const Command& command = context.command;
    Looks looks;
    for (int number = 1; number <= times && !system::interrupted(); ++number) {
        if (number > 1) system::wait(between_looks);
        const StatusReport report = TRY(look(context));
        looks.add(report);
        print_result(command,
                     fmt::format("{}, look {} of {}\n{}\n", rfc3339(system::read_wall_clock()),
                                 number, times, status_text(report, uses_colour(command))));
    }
    print_result(command, looks.graph());
    return exit_done;
}

}  // namespace

Result<int> run_watch(const Context& context) {
    const Command& command = context.command;
    const bool draws = !command.count;
    if (command.json || command.quiet || (draws && !system::stdout_is_terminal())) {
        return fail(
            Fault::usage,
            "watch draws on a terminal; elsewhere: clockwright watch --count N, for programs "
            "clockwright status --json");
    }
    system::catch_signals();
    return draws ? watch_screen(context) : watch_times(context, *command.count);
}

}  // namespace clockwright::app
