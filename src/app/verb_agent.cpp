#include <csignal>

#include "app/agent_loop.h"
#include "app/agent_once.h"
#include "app/discipline.h"
#include "app/verbs.h"
#include "system/log.h"
#include "time/host_name.h"

namespace clockwright::app {

Result<int> run_agent(const Context& context) {
    if (const std::string& listen = context.config.agent.listen; !listen.empty()) {
        const auto place = parse_host(listen);
        if (!place || !is_address_literal(*place)) {
            return fail(Fault::usage, "--listen must be ADDRESS:PORT");
        }
    }
    for (const std::string& remark : context.config.remarks)
        system::log_event(system::LogLevel::warning, remark);
    if (context.command.once) return decide_once(context);
    std::signal(SIGPIPE, SIG_IGN);  // who reads its log may end; the agent does not
    if (context.config.agent.discipline) {
        const std::string why = why_no_discipline();
        if (why.empty()) return run_discipline(context);
        system::log_event(system::LogLevel::warning, "this agent watches only: " + why);
    }
    return run_agent_loop(context);
}

}  // namespace clockwright::app
