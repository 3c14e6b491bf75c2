// run_command and ask_command of local_host.h.

#include "system/local_host.h"
#include "system/run_program.h"

namespace clockwright::system {

Result<void> run_command(const std::vector<std::string>& argv, Seconds limit) {
    return run_to_success(argv, {.time_out = limit, .grace = Seconds{0}});
}

Result<CommandAnswer> ask_command(const std::vector<std::string>& argv, Seconds limit,
                                  std::size_t most) {
    return run_program(argv, {.time_out = limit, .grace = Seconds{0}, .most_output = most});
}

}  // namespace clockwright::system
