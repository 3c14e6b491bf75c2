/// The options of `history`.
#pragma once

#include "app/cli.h"

namespace CLI {
class App;
}

namespace clockwright::app {

void add_history(CLI::App& app, HistoryCommand& command);

}  // namespace clockwright::app
