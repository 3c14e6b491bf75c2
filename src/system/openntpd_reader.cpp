#include "system/openntpd_reader.h"

#include <fmt/format.h>

#include "daemon/openntpd_state.h"
#include "system/clock.h"
#include "system/local_host.h"

namespace clockwright::system {
namespace {

constexpr Seconds limit{3};
constexpr std::size_t most_octets = 256 * 1024;

}  // namespace

Result<DaemonState> read_openntpd(const std::string& ntpctl) {
    const CommandAnswer answer = TRY(ask_command({ntpctl, "-s", "all"}, limit, most_octets));
    if (answer.status != 0) {
        const bool closed = answer.errors.contains("Permission denied");
        return fail(closed ? Fault::not_permitted : Fault::unreachable,
                    closed ? fmt::format("openntpd is closed to this user ({})", answer.errors)
                           : fmt::format("openntpd does not answer ({})",
                                         answer.errors.empty() ? "ntpctl failed" : answer.errors));
    }
    DaemonState state = TRY(openntpd::parse_state(answer.output));
    state.read_at = read_clocks().wall;
    state.read_from = ntpctl;
    return state;
}

}  // namespace clockwright::system
