#include "app/measured_run.h"

#include <algorithm>

#include "app/gather.h"
#include "app/known_servers.h"
#include "app/output.h"
#include "app/scan_memory.h"
#include "app/transaction.h"
#include "publish/replay.h"
#include "publish/table.h"
#include "system/local_host.h"
#include "system/user_file.h"

namespace clockwright::app {
namespace {

Result<Run> replayed(const Context& context) {
    const std::string text = TRY(system::read_file(context.command.replay));
    auto recording = parse_replay(text, context.command.replay);
    if (!recording) return std::unexpected(recording.error());
    std::vector<Candidate>& candidates = recording->candidates;
    // By name, so that sums and lots come out alike whatever the order of the rows.
    std::ranges::sort(candidates, {},
                      [](const Candidate& it) { return std::string_view(it.source.as_written); });
    Run run;
    for (const Candidate& candidate : candidates) {
        run.measured.samples = std::max(run.measured.samples, candidate.series.sent);
    }
    run.measured.candidates = candidates;
    run.judged = judge(std::move(candidates), context.config, recording->lots);
    return run;
}

void learn_from(Run& run, const Config& config) {
    std::ranges::move(remember_standings(run.judged, run.measured, config),
                      std::back_inserter(run.measured.notes));
}

Result<Run> given(const Context& context) {
    Gathered gathered = TRY(given_candidates(context));
    Run run;
    run.measured = TRY(measure(std::move(gathered.candidates), context.config, context.command));
    std::ranges::move(gathered.notes, std::back_inserter(run.measured.notes));
    run.judged = judge(context.command.record.empty() ? std::move(run.measured.candidates)
                                                      : run.measured.candidates,
                       context.config, lots_of_this_machine());
    remember_choice(context.config.state.directory, run.judged.candidates, run.judged.selection);
    learn_from(run, context.config);
    return run;
}

Result<Run> known(const Context& context) {
    const system::LocalHost host;
    const DaemonView view = TRY(view_daemon(context.config, host));
    if (const std::string unfinished = unfinished_text(context.config); !unfinished.empty()) {
        print_remark(context.command, wrap(unfinished, 0));
    }
    Run run = TRY(run_once(context, &view));
    learn_from(run, context.config);
    return run;
}

}  // namespace

Result<Gathered> given_candidates(const Context& context) {
    Gathered given{TRY(gather_given(context.command.hosts)), {}};
    if (context.command.internet) {
        Config others = context.config;
        others.candidates.hosts.clear();
        Gathered strangers = TRY(gather_known(others, nullptr, surroundings_of(context, nullptr)));
        std::ranges::move(strangers.candidates, std::back_inserter(given.candidates));
        given.notes = std::move(strangers.notes);
    }
    close_unfit(given);
    return given;
}

Result<Run> measured_run(const Context& context) {
    if (!context.command.replay.empty()) return replayed(context);
    return context.command.hosts.empty() ? known(context) : given(context);
}

}  // namespace clockwright::app
