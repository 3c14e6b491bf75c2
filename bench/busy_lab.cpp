#include "bench/busy_lab.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "lab/server.h"
#include "system/clock.h"
#include "system/udp_socket.h"

namespace clockwright::bench {

namespace {

using Sockets = std::vector<system::UdpSocket>;

Sockets bind_all(const lab::World& world, int set) {
    Sockets sockets;
    for (const lab::ServerSpec& server : world.servers) {
        auto socket = system::UdpSocket::bind(server.endpoint);
        if (!socket) {
            throw std::runtime_error("cannot bind " + to_string(server.endpoint));
        }
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = sockets.size();
        ::epoll_ctl(set, EPOLL_CTL_ADD, socket->descriptor(), &event);
        sockets.push_back(std::move(*socket));
    }
    return sockets;
}

void answer(system::UdpSocket& socket, lab::Server& server) {
    std::array<std::uint8_t, 1024> bytes;
    system::SocketAddress from;
    const auto request = socket.receive(bytes, &from);
    if (!request) {
        return;
    }
    const WallTime departed = request->stamp.value_or(system::read_clocks().wall);
    if (const auto reply =
            server.answer(std::span{bytes}.first(request->size), departed, Seconds{0})) {
        (void)socket.send_to(reply->bytes, from);
    }
}

[[noreturn]] void serve(int set, Sockets& sockets, std::vector<lab::Server>& servers) {
    std::array<epoll_event, 256> events;
    for (;;) {
        const int count = ::epoll_wait(set, events.data(), static_cast<int>(events.size()), 0);
        for (int i = 0; i < count; ++i) {
            const auto index =
                static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64);
            answer(sockets[index], servers[index]);
        }
    }
}

}  // namespace

BusyLab::BusyLab(const lab::World& world) {
    const int set = ::epoll_create1(0);
    Sockets sockets = bind_all(world, set);
    std::vector<lab::Server> servers = lab::servers_of(world);
    process_ = ::fork();
    if (process_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(set, sockets, servers);
    }
    ::close(set);
}

BusyLab::~BusyLab() {
    if (process_ > 0) {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
}

}  // namespace clockwright::bench
