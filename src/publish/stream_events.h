/// Server-sent events: one line of JSON each, under the name of what happened.
#pragma once

#include <string>

#include "publish/snapshot.h"
#include "watch/record.h"

namespace clockwright {

/// "event: snapshot": the cycle in short.
std::string snapshot_event(const Snapshot& snapshot);
/// "event: alert", "event: event": the keys of `/api/v1/alerts` (past) and `/api/v1/events`.
std::string stream_event(const AlertRow& row);
std::string stream_event(const EventRow& row);

}  // namespace clockwright
