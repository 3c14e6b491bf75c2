/// The ten minutes after a change was accepted: a timer of the system judges once more and takes it
/// back, even when our process and the login session are gone.
#pragma once

#include <string>

#include "app/daemon_access.h"
#include "app/transaction.h"
#include "app/verbs.h"

namespace clockwright::app {

struct Probation {
    std::string timer;            ///< systemd's name of it; empty: nobody watches
    std::string why_not;          ///< … and why; empty too where no watch is due
    std::string service() const;  ///< what the timer starts
};

/// Asks systemd to run `rollback ID --unless-verified` after `--probation` (10 min). Only the
/// system's own daemon is watched: a private one is its owner's.
Probation begin_probation(const Context& context, const DaemonPlace& place, const std::string& id);

/// The same while the change is at work: should this process die of it, the timer heals. Stopped
/// when the change has come to its end.
Probation begin_rescue(const Context& context, const DaemonPlace& place, const std::string& id);
void end_rescue(const Probation& rescue);

/// Why the change no longer holds; empty when it does. The daemon is given `patience` to say so,
/// one that does not answer 30 s at most.
std::string why_not_kept(const store::Change& change, const DaemonPlace& place, Seconds patience);

}  // namespace clockwright::app
