/// `servers refresh`: fetches a signed list of servers and keeps it for the days without a network.
#pragma once

#include "app/verbs.h"
#include "publish/server_report.h"
#include "store/list_cache.h"

namespace clockwright::app {

inline constexpr const char* default_list_key = "/etc/clockwright/list-key.pem";

ListReport list_report(const store::CachedList& cached);

/// Faults: usage (no URL), bad_input (no key, or a faulty one), failed (whatever the other side
/// sends; the list that is known stays).
Result<int> refresh_list(const Context& context);

}  // namespace clockwright::app
