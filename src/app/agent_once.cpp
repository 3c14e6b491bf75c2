#include "app/agent_once.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/agent_files.h"
#include "app/agent_street.h"
#include "app/exit_code.h"
#include "app/output.h"
#include "publish/table.h"
#include "system/clock.h"
#include "system/event_loop.h"
#include "system/local_host.h"
#include "system/service_notice.h"
#include "system/user_file.h"

namespace clockwright::app {
namespace {

/// Applied where the agent may, else proposed.
Result<void> consider(const Context& context, const Decided& decided, AgentFiles& files,
                      AgentMemory& memory) {
    const Proposal& plan = *decided.plan;
    const WallTime now = system::read_wall_clock();
    const std::string why_not = context.config.agent.apply != "auto"
                                    ? "[agent] apply is " + context.config.agent.apply
                                    : why_not_replace(decided.question, memory.done, now);
    if (!why_not.empty()) {
        memory.outcome = "proposed";
        memory.reason = fmt::format("{}; not by itself: {} (clockwright apply {})", plan.reason,
                                    why_not, plan.id);
        memory.proposal = plan;
        return {};
    }
    std::vector<Replaced> going;
    for (const std::string& server : plan.remove)
        going.push_back(replace(memory.done.replaced, server, now));
    // Before it is done: whoever comes after a crash knows of it.
    TRY(files.save(memory));
    const AppliedPlan applied = apply_now(context, plan.id);
    memory.outcome = applied.outcome;
    memory.reason = fmt::format("plan {}: {}; {}", plan.id, plan.reason, applied.reason);
    for (const Replaced& one : going) {
        if (applied.outcome != "applied") {
            std::erase(memory.done.replaced, one);
        } else if (auto kept = exclude(one, context.config); !kept) {
            memory.reason += "; it cannot be kept away: " + kept.error().message;
        }
    }
    if (applied.outcome == "refused")
        memory.proposal = plan;
    else if (applied.outcome != "applied")
        did_not_hold(memory.done.not_held, plan.id, now);
    return {};
}

void print_outcome(const Command& command, const std::string& outcome, const std::string& reason) {
    const nlohmann::ordered_json json{{"outcome", outcome}, {"reason", reason}};
    print_result(command, command.json ? json.dump(2) + "\n"
                                       : wrap(fmt::format("{}: {}.", outcome, reason), 0));
}

}  // namespace

Result<int> decide_once(const Context& context) {
    if (!system::is_root()) {
        return fail(Fault::not_permitted,
                    "agent --once changes the daemon's sources: it needs root");
    }
    system::outlive_terminal();
    // Before any decision: what a plan rests on is asked of a daemon that lives.
    if (context.config.agent.watchdog && TRY(daemon_is_dead(context.config))) {
        TRY(restart_daemon(context));
        print_outcome(context.command, "restarted", "the time daemon was dead");
        return exit_done;
    }
    if (context.config.agent.apply == "off") {
        return fail(Fault::refused, "[agent] apply is off: the agent changes and proposes nothing");
    }
    AgentFiles files(context.config);
    std::string remark;
    AgentMemory memory = files.load(system::read_wall_clock(), remark);
    if (!remark.empty()) print_remark(context.command, remark + "\n");
    const Decided decided = decide_now(context);
    memory.proposal.reset();
    memory.outcome = decided.run.outcome.empty() ? "nothing to change" : decided.run.outcome;
    memory.reason = decided.run.reason;
    if (!decided.fault.empty()) {
        memory.outcome = "failed";
        memory.reason = decided.fault;
    } else if (decided.plan) {
        TRY(consider(context, decided, files, memory));
    }
    memory.decided = system::read_wall_clock();
    TRY(files.save(memory));
    if (const std::string run = system::runtime_directory(); !run.empty()) {
        TRY(system::write_new_file(run + "/agent.json", agent_memory_json(memory),
                                   system::Keep::fleeting));
    }
    print_outcome(context.command, memory.outcome, memory.reason);
    return memory.outcome == "failed" || memory.outcome == "rolled_back" ? exit_failed : exit_done;
}

}  // namespace clockwright::app
