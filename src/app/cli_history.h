/// The options of `history`.
#pragma once

#include "app/cli.h"

namespace CLI {
class App;
}

namespace clockwright::app {

/// --from, --to, --since.
void add_period(CLI::App& app, HistoryCommand& command);

void add_history(CLI::App& app, HistoryCommand& command);

}  // namespace clockwright::app
