#include "system/chrony_channel.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>

#include "system/local_host.h"
#include "system/socket_address.h"
#include "time/host_name.h"

namespace clockwright::system {
namespace {

using std::chrono::steady_clock;

/// In all 0.7 s: `check` answers within a second even when the daemon hangs.
constexpr std::array patience_of_tries{Seconds(0.1), Seconds(0.2), Seconds(0.4)};

std::unexpected<Error> refused(const std::string& address, int number) {
    switch (number) {
        case EACCES:
        case EPERM:
            return fail(Fault::not_permitted,
                        fmt::format("cannot open {}: {}; needs root or the chrony group", address,
                                    errno_text(number)));
        case ENOENT:
        case ENOTDIR:
        case ECONNREFUSED:
        case ECONNRESET:
        case ENETUNREACH:
        case EHOSTUNREACH:
            return fail(Fault::unreachable,
                        fmt::format("no chronyd answers at {}: {}", address, errno_text(number)));
        default:
            return fail(fmt::format("cannot talk to {}: {}", address, errno_text(number)));
    }
}

std::optional<sockaddr_un> unix_address(const std::string& path) {
    sockaddr_un address{};
    if (path.size() >= sizeof address.sun_path) return std::nullopt;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size());
    return address;
}

/// Binds our end beside chronyd's, so that it can answer; the name is new in this process and, by
/// trying on, beside what a crash left.
Result<BoundPath> bind_beside(const std::string& path, const Descriptor& socket) {
    static std::atomic<unsigned> number = 0;
    constexpr int most_tries = 16;
    const std::string directory = path.substr(0, path.rfind('/'));
    for (int i = 0; i < most_tries; ++i) {
        const std::string own =
            fmt::format("{}/clockwright.{}.{}.sock", directory, ::getpid(), number++);
        const auto address = unix_address(own);
        if (!address) return fail(Fault::bad_input, "path is too long for a socket: " + own);
        if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) ==
            0) {
            BoundPath bound(own);
            // chronyd answers as another user. Never through a link: its user can write here too.
            if (::fchmodat(AT_FDCWD, own.c_str(), 0666, AT_SYMLINK_NOFOLLOW) != 0)
                return refused(path, errno);
            return bound;
        }
        if (errno != EADDRINUSE) return refused(path, errno);
    }
    return fail(fmt::format("cannot bind a socket beside {}: too many are left over there", path));
}

Result<Descriptor> connected(const std::string& address, int family, const sockaddr* to,
                             socklen_t size) {
    Descriptor socket(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.is_open() || ::connect(socket.get(), to, size) != 0) return refused(address, errno);
    return socket;
}

Result<Descriptor> connect_unix(const std::string& path) {
    const auto address = unix_address(path);
    if (!address) return fail(Fault::bad_input, "path is too long for a socket: " + path);
    return connected(path, AF_UNIX, reinterpret_cast<const sockaddr*>(&*address), sizeof *address);
}

Result<Descriptor> connect_udp(const std::string& text) {
    const HostName host = TRY(parse_host(text));
    const auto address = parse_address(host.name);
    if (!address)
        return fail(Fault::bad_input,
                    fmt::format("{} is neither a socket path nor an address with a "
                                "port",
                                text));
    const SocketAddress to = to_socket_address({*address, host.port});
    return connected(text, to.get()->sa_family, to.get(), to.size);
}

/// Milliseconds until `deadline`, rounded up, for poll(2).
int until(steady_clock::time_point deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

}  // namespace

BoundPath::~BoundPath() {
    if (!path_.empty()) ::unlink(path_.c_str());
}

ChronyChannel::ChronyChannel(std::string address, Descriptor socket, BoundPath own_end)
    : address_(std::move(address)), socket_(std::move(socket)), own_end_(std::move(own_end)) {}

Result<ChronyChannel> ChronyChannel::open(const std::string& address) {
    if (!address.starts_with('/')) return ChronyChannel(address, TRY(connect_udp(address)), {});
    Descriptor socket = TRY(connect_unix(address));
    BoundPath own_end = TRY(bind_beside(address, socket));
    return ChronyChannel(address, std::move(socket), std::move(own_end));
}

Result<chrony::Reply> ChronyChannel::ask(chrony::Command command, const Encode& encode) {
    for (const Seconds patience : patience_of_tries) {
        const auto sequence = static_cast<std::uint32_t>(random_bits());
        if (const auto sent = send(encode(sequence)); !sent) return std::unexpected(sent.error());
        const auto reply = TRY(receive(command, sequence, patience));
        if (reply) return *reply;
    }
    return fail(Fault::unreachable, fmt::format("no answer from chronyd at {}", address_));
}

Result<void> ChronyChannel::send(const chrony::Bytes& request) {
    if (::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL) >= 0) return {};
    if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS) return {};  // lost: the next try
    return refused(address_, errno);
}

Result<std::optional<chrony::Reply>> ChronyChannel::receive(chrony::Command command,
                                                            std::uint32_t sequence,
                                                            Seconds patience) {
    const auto deadline = steady_clock::now() + to_nanoseconds(patience);
    for (;;) {
        pollfd waiting{.fd = socket_.get(), .events = POLLIN, .revents = 0};
        if (::poll(&waiting, 1, until(deadline)) == 0) return std::nullopt;
        const auto size = ::recv(socket_.get(), buffer_.data(), buffer_.size(), 0);
        if (size < 0 && errno != EAGAIN && errno != EINTR) return refused(address_, errno);
        if (size >= 0) {
            const auto bytes = std::span(buffer_).first(static_cast<std::size_t>(size));
            if (const auto reply = chrony::decode_reply(bytes, command, sequence)) return *reply;
        }
        if (until(deadline) == 0) return std::nullopt;
    }
}

}  // namespace clockwright::system
