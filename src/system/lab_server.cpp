#include "system/lab_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <queue>
#include <vector>

#include "lab/server.h"
#include "system/clock.h"
#include "system/event_loop.h"
#include "system/socket_set.h"
#include "system/udp_socket.h"

namespace clockwright::system {

namespace {

/// What is due sooner than this leaves at once: a timer would make it later.
constexpr Seconds at_once{30e-6};

/// A reply on its way: it has left the lab's server but not yet come to us.
struct Travelling {
    SteadyTime due;
    std::size_t server = 0;
    SocketAddress to;
    std::vector<std::uint8_t> bytes;

    friend bool operator<(const Travelling& left, const Travelling& right) {
        return left.due > right.due;  // the top of the queue is the earliest
    }
};

class LabServer {
  public:
    explicit LabServer(const lab::World& world);

    Result<void> bind();
    Result<void> serve();

  private:
    void answer(std::span<const ReadySocket> ready);
    void answer(std::size_t server, const Now& now);
    void send_due();
    void arm();

    EventLoop loop_;
    SocketSet sockets_;
    boost::asio::steady_timer timer_;
    std::vector<lab::Server> servers_;
    std::vector<UdpSocket> bound_;  ///< by server
    std::priority_queue<Travelling> travelling_;
    SteadyTime began_;
};

LabServer::LabServer(const lab::World& world)
    : sockets_(loop_.context(), Seconds{0},
               [this](std::span<const ReadySocket> ready) { answer(ready); }),
      timer_(loop_.context()),
      servers_(lab::servers_of(world)) {}

Result<void> LabServer::bind() {
    raise_descriptor_limit();
    if (auto opened = sockets_.open(); !opened) {
        return opened;
    }
    for (const lab::Server& server : servers_) {
        const Endpoint& endpoint = server.spec().endpoint;
        auto socket = UdpSocket::bind(endpoint);
        if (socket && !sockets_.add(socket->descriptor(), bound_.size())) {
            socket = std::unexpected(errno);
        }
        if (!socket) {
            return fail(fmt::format("cannot listen at {}: {}", to_string(endpoint),
                                    errno_text(socket.error())));
        }
        bound_.push_back(std::move(*socket));
    }
    return {};
}

Result<void> LabServer::serve() {
    began_ = read_clocks().steady;
    loop_.run();
    return {};
}

void LabServer::answer(std::span<const ReadySocket> ready) {
    const Now now = read_clocks();
    for (const ReadySocket& socket : ready) {
        answer(socket.index, now);
    }
    send_due();
}

void LabServer::answer(std::size_t server, const Now& now) {
    std::array<std::uint8_t, 1024> request;
    SocketAddress from;
    const auto datagram = bound_[server].receive(request, &from);
    if (!datagram) {
        return;
    }
    const WallTime departed = datagram->stamp.value_or(now.wall);
    const SteadyTime departed_steady = now.steady - (now.wall - departed);
    auto reply = servers_[server].answer(std::span{request}.first(datagram->size), departed,
                                         departed_steady - began_);
    if (!reply) {
        return;
    }
    const SteadyTime due = departed_steady + to_nanoseconds(reply->after);
    if (due - now.steady < at_once) {
        // A full socket buffer loses the reply, as a network would.
        (void)bound_[server].send_to(reply->bytes, from);
    } else {
        travelling_.push({due, server, from, std::move(reply->bytes)});
    }
}

void LabServer::send_due() {
    const SteadyTime now = read_clocks().steady;
    while (!travelling_.empty() && travelling_.top().due - now < at_once) {
        const Travelling& reply = travelling_.top();
        (void)bound_[reply.server].send_to(reply.bytes, reply.to);
        travelling_.pop();
    }
    arm();
}

void LabServer::arm() {
    if (travelling_.empty() || timer_.expiry() == travelling_.top().due) {
        return;
    }
    timer_.expires_at(travelling_.top().due);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            send_due();
        }
    });
}

}  // namespace

Result<void> serve_world(const lab::World& world, const std::function<void()>& ready) {
    LabServer server(world);
    if (auto bound = server.bind(); !bound) {
        return bound;
    }
    ready();
    return server.serve();
}

}  // namespace clockwright::system
