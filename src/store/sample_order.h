/// Samples are written in order of time, as they come, and lie in order of servers, as they are
/// asked for: one page takes a whole look at all servers, where by server each needs its own.
#pragma once

#include <cstdint>

#include "store/database.h"

namespace clockwright::store {

/// Those that lie by time to their servers, within the caller's transaction. How many were there
/// already. The view `sample` shows each once, before and after.
Attempt<std::int64_t> sort_samples(Database& database);

}  // namespace clockwright::store
