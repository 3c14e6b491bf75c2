#include <fmt/format.h>

#include "app/exit_code.h"
#include "app/output.h"
#include "app/verbs.h"
#include "lab/world.h"
#include "system/event_loop.h"
#include "system/lab_server.h"
#include "system/user_file.h"
#include "time/spell.h"

namespace clockwright::app {

Result<int> run_lab(const Context& context) {
    const Command& command = context.command;
    const std::string text = TRY(system::read_file(command.file));
    const lab::World world = TRY(lab::parse_world(text, command.file));
    const auto ready = [&] {
        print_remark(command, fmt::format("ready: {} servers of \"{}\"; Ctrl-C ends it\n",
                                          world.servers.size(), printable(world.title)));
    };
    TRY(system::serve_world(world, ready));
    return exit_done;
}

}  // namespace clockwright::app
