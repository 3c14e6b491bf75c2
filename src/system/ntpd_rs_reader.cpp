#include "system/ntpd_rs_reader.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "daemon/ntpd_rs_state.h"
#include "system/clock.h"
#include "system/descriptor.h"
#include "time/spell.h"

namespace clockwright::system {
namespace {

Result<Descriptor> connect_to(const std::string& path) {
    sockaddr_un address{};
    if (path.size() >= sizeof address.sun_path)
        return fail(Fault::bad_input, "path is too long for a socket: " + path);
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size());
    Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!socket) return fail("cannot open a socket: " + errno_text(errno));
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return socket;
    const int error = errno;
    if (error == EACCES || error == EPERM)
        return fail(Fault::not_permitted,
                    fmt::format("{} is closed to this user: {}", path, errno_text(error)));
    return fail(Fault::unreachable,
                fmt::format("no ntpd-rs answers at {}: {}", path, errno_text(error)));
}

/// Exactly as many octets as fit, before `deadline`.
Result<void> fill(const Descriptor& socket, char* into, std::size_t size, SteadyTime deadline) {
    while (size > 0) {
        const Seconds left = deadline - read_clocks().steady;
        if (left <= Seconds{0}) return fail(Fault::unreachable, "ntpd-rs answers too slowly");
        pollfd watched{socket.get(), POLLIN, 0};
        const int milliseconds = static_cast<int>(std::min(std::ceil(left.count() * 1e3), 1e6));
        if (::poll(&watched, 1, milliseconds) <= 0) continue;
        const ssize_t got = ::read(socket.get(), into, size);
        if (got == 0) return fail("ntpd-rs ended its answer early");
        if (got < 0 && errno != EAGAIN && errno != EINTR)
            return fail("cannot read from ntpd-rs: " + errno_text(errno));
        if (got < 0) continue;
        into += got;
        size -= static_cast<std::size_t>(got);
    }
    return {};
}

}  // namespace

Result<DaemonState> read_ntpd_rs(const std::string& path, Seconds limit) {
    const SteadyTime deadline = read_clocks().steady + to_nanoseconds(limit);
    const Descriptor socket = TRY(connect_to(path));
    std::array<std::uint8_t, 8> octets{};
    TRY(fill(socket, reinterpret_cast<char*>(octets.data()), octets.size(), deadline));
    const auto length = ntpd_rs::message_length(octets);
    if (!length) return fail("ntpd-rs announces more than 1 MiB");
    std::string json(*length, '\0');
    TRY(fill(socket, json.data(), json.size(), deadline));
    DaemonState state = TRY(ntpd_rs::parse_state(json, read_clocks().wall));
    state.read_from = path;
    return state;
}

}  // namespace clockwright::system
