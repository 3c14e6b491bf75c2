#include "app/agent_loop.h"
#include "app/agent_once.h"
#include "app/verbs.h"
#include "time/host_name.h"

namespace clockwright::app {

Result<int> run_agent(const Context& context) {
    if (const std::string& listen = context.config.agent.listen; !listen.empty()) {
        const auto place = parse_host(listen);
        if (!place || !is_address_literal(*place)) {
            return fail(Fault::usage, "--listen must be ADDRESS:PORT");
        }
    }
    if (context.config.agent.discipline) {
        return fail(Fault::usage, "agent.discipline is not possible yet: the time daemon steers");
    }
    return context.command.once ? decide_once(context) : run_agent_loop(context);
}

}  // namespace clockwright::app
