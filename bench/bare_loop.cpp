#include "bench/bare_loop.h"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <thread>

#include "system/socket_address.h"

namespace clockwright::bench {

namespace {

using Request = std::array<std::uint8_t, 48>;

int open_socket(const Endpoint& server) {
    const system::SocketAddress address = system::to_socket_address(server);
    const int socket = ::socket(address.storage.ss_family, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    const int stamps = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE |
                       SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID |
                       SOF_TIMESTAMPING_OPT_TSONLY;
    ::setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof stamps);
    ::connect(socket, address.get(), address.size);
    return socket;
}

/// True when a message with a stamp was taken.
bool take_message(int socket, int flags) {
    alignas(cmsghdr) std::array<std::uint8_t, 256> control;
    std::array<std::uint8_t, 1024> bytes;
    iovec part{.iov_base = bytes.data(), .iov_len = bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::recvmsg(socket, &message, flags | MSG_DONTWAIT) < 0) {
        return false;
    }
    for (cmsghdr* one = CMSG_FIRSTHDR(&message); one != nullptr; one = CMSG_NXTHDR(&message, one)) {
        scm_timestamping stamps{};
        if (one->cmsg_level == SOL_SOCKET && one->cmsg_type == SCM_TIMESTAMPING) {
            std::memcpy(&stamps, CMSG_DATA(one), sizeof stamps);
            return stamps.ts[0].tv_sec != 0;
        }
    }
    return false;
}

int collect(int set, int missing) {
    constexpr int give_up_after_ms = 100;
    std::array<epoll_event, 256> events;
    int taken = 0;
    while (missing > 0) {
        const int count = ::epoll_wait(set, events.data(), events.size(), give_up_after_ms);
        if (count <= 0) {
            break;
        }
        for (int i = 0; i < count; ++i) {
            taken += take_message(events[static_cast<std::size_t>(i)].data.fd, 0) ? 1 : 0;
        }
        missing -= count;
        if (missing > 0) {
            ::usleep(200);  // as the scan does: a burst is collected, not a datagram
        }
    }
    return taken;
}

}  // namespace

int run_bare_loop(const std::vector<Endpoint>& servers, int rounds, Seconds spacing) {
    const int set = ::epoll_create1(0);
    std::vector<int> sockets;
    for (const Endpoint& server : servers) {
        sockets.push_back(open_socket(server));
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = sockets.back();
        ::epoll_ctl(set, EPOLL_CTL_ADD, sockets.back(), &event);
    }
    Request request{};
    request[0] = 0x23;
    int taken = 0;
    auto due = std::chrono::steady_clock::now();
    for (int round = 0; round < rounds; ++round, due += to_nanoseconds(spacing)) {
        std::this_thread::sleep_until(due);
        for (const int socket : sockets) {
            request[47] = static_cast<std::uint8_t>(round);
            (void)!::send(socket, request.data(), request.size(), 0);
            take_message(socket, MSG_ERRQUEUE);
        }
        taken += collect(set, static_cast<int>(sockets.size()));
    }
    for (const int socket : sockets) {
        ::close(socket);
    }
    ::close(set);
    return taken;
}

}  // namespace clockwright::bench
