/// The options of `history`.
#pragma once

#include "app/cli.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace clockwright::app {

/// An instant, or a day, which is its first.
CLI::Option* add_instant(CLI::App& app, const std::string& name, std::optional<WallTime>& target,
                         const std::string& help);

/// --from, --to, --since.
void add_period(CLI::App& app, HistoryCommand& command);

void add_history(CLI::App& app, HistoryCommand& command);

}  // namespace clockwright::app
