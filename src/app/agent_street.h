/// What the agent asks of the street, each a call that may wait: made beside its event loop.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "app/agent.h"
#include "app/daemon_access.h"
#include "app/verbs.h"
#include "app/watch_prober.h"
#include "result.h"

namespace clockwright::app {

/// Looks at this host and its daemon; sends no packet but to the daemon itself. Who runs and what
/// is configured is read anew every 20 s only, the daemon's state each time. Used by one
/// thread.
class HostLook {
  public:
    Result<Sight> look(const Context& context);
    /// The next look is at all of it: what is configured may have changed.
    void begin_anew() { view_.reset(); }

  private:
    std::vector<Alert> new_notices(const Config& config);
    Result<Sight> look_at_all(const Context& context);
    bool look_at_daemon();

    std::optional<DaemonView> view_;
    StatusReport status_;
    std::optional<SteadyTime> rtc_looked_at_, record_read_at_;
    std::optional<Ppm> rate_trend_;
    SteadyTime looked_at_{};  ///< at all of it
    SteadyTime leaps_at_{};
    std::set<std::string> handed_over_;  ///< files of notices: told by now, and removed next
};

/// Their addresses, or why there are none. A name server that is silent takes some seconds.
std::vector<Answer> addresses_of(const std::vector<Candidate>& whom);

/// One scan with its decision; a plan that is due is kept in the state directory under its id.
Decided decide_now(const Context& context);

/// Where the plan of this id is kept, whether there is one or not.
std::string proposal_file(const std::string& state_directory, const std::string& id);

struct AppliedPlan {
    std::string outcome, reason;
};
/// Applies the kept plan, as `apply ID --yes` does.
AppliedPlan apply_now(const Context& context, const std::string& id);

/// Neither runs nor answers, and is not switched off for good: what a watchdog may start.
Result<bool> daemon_is_dead(const Config& config);

/// One that lives again, or is switched off for good, is left alone. Without the rights a unit of
/// root's is asked to.
Result<void> restart_daemon(const Context& context);

/// Blocks a replaced source until it may return.
Result<void> exclude(const Replaced& replaced, const Config& config);

}  // namespace clockwright::app
