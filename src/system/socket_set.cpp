#include "system/socket_set.h"

#include <algorithm>
#include <cerrno>
#include <thread>

#include "system/descriptor.h"

namespace clockwright::system {

namespace {

constexpr std::size_t burst = 256;
constexpr int rounds_at_most = 16;

}  // namespace

SocketSet::SocketSet(boost::asio::io_context& context, Seconds gathering, OnReady on_ready)
    : set_(context), gathering_(gathering), on_ready_(std::move(on_ready)) {}

Result<void> SocketSet::open() {
    const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0) {
        return fail("cannot make an epoll set: " + errno_text(errno));
    }
    set_.assign(descriptor);
    watch();
    return {};
}

void SocketSet::close() {
    boost::system::error_code ignored;
    set_.close(ignored);
}

bool SocketSet::add(int descriptor, std::size_t index) {
    return control(EPOLL_CTL_ADD, descriptor, EPOLLIN, index);
}

bool SocketSet::watch_once(int descriptor, std::size_t index, bool known) {
    return control(known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, EPOLLIN | EPOLLONESHOT,
                   index);
}

void SocketSet::forget(int descriptor) {
    control(EPOLL_CTL_DEL, descriptor, 0, 0);
}

bool SocketSet::control(int operation, int descriptor, std::uint32_t events, std::size_t index) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = index;
    return ::epoll_ctl(set_.native_handle(), operation, descriptor, &event) == 0;
}

void SocketSet::watch() {
    set_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                    [this](const boost::system::error_code& error) {
                        if (!error && set_.is_open()) {
                            empty();
                        }
                    });
}

void SocketSet::empty() {
    // Asleep, not waiting on a timer of the loop: there every further datagram would wake us again.
    if (gathering_ > Seconds{0}) {
        std::this_thread::sleep_for(gathering_);
    }
    // Level-triggered: what is left over is reported by the next wake-up, after the timers had
    // their turn.
    for (int rounds = 0; rounds < rounds_at_most && take_burst() == burst; ++rounds) {
    }
    watch();
}

std::size_t SocketSet::take_burst() {
    std::array<epoll_event, burst> events;
    std::array<ReadySocket, burst> ready;
    const int found = ::epoll_wait(set_.native_handle(), events.data(), burst, 0);
    const auto count = static_cast<std::size_t>(std::max(found, 0));
    for (std::size_t i = 0; i < count; ++i) {
        ready[i] = {.index = static_cast<std::size_t>(events[i].data.u64),
                    .error = (events[i].events & (EPOLLERR | EPOLLHUP)) != 0};
    }
    if (count > 0) {
        on_ready_(std::span{ready}.first(count));
    }
    return count;
}

}  // namespace clockwright::system
