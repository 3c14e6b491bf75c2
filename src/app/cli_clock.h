/// The options of `sync`, `rtc` and `report`.
#pragma once

#include "app/cli.h"

namespace CLI {
class App;
}

namespace clockwright::app {

void add_sync(CLI::App& app, Command& command);
/// Its word is the command's file, --yes and --reason are those of the whole command.
void add_rtc(CLI::App& app, Command& command);
void add_report(CLI::App& app, Command& command);

}  // namespace clockwright::app
