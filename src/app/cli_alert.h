/// The options of `alert`.
#pragma once

#include "app/cli.h"

namespace CLI {
class App;
}

namespace clockwright::app {

/// The reason of a silence is that of the whole command.
void add_alert(CLI::App& app, Command& command);

}  // namespace clockwright::app
