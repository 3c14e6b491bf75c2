/// The words of `history` that need more than a list.
#pragma once

#include "app/verbs.h"
#include "publish/history.h"

namespace clockwright::app {

/// From --from, --to, --since, --server and --limit; `limit` when none is given.
HistoryQuery query_of(const HistoryCommand& command, WallTime now, int limit);

Result<int> history_changes(const Context& context);
Result<int> history_show(const Context& context);
Result<int> history_at(const Context& context);
Result<int> history_import(const Context& context);
Result<int> history_export(const Context& context);

}  // namespace clockwright::app
