#include "system/event_loop.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace clockwright::system {

namespace {

volatile std::sig_atomic_t signal_seen = 0;

/// Readable, for good, from the first signal on.
int signal_descriptor = -1;

/// A child of fork needs a descriptor of its own: its signals are not its parent's.
pid_t descriptor_owner = -1;

extern "C" void note_signal(int) {
    const int saved = errno;
    signal_seen = 1;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(signal_descriptor, &one, sizeof one);
    errno = saved;
}

}  // namespace

void catch_signals() {
    if (descriptor_owner != ::getpid()) {
        descriptor_owner = ::getpid();
        signal_descriptor = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    }
    struct sigaction action{};
    action.sa_handler = note_signal;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

void outlive_terminal() {
    catch_signals();
    struct sigaction action{};
    ::sigaction(SIGHUP, nullptr, &action);
    if (action.sa_handler != SIG_IGN) {  // nohup
        action = {};
        action.sa_handler = note_signal;
        ::sigaction(SIGHUP, &action, nullptr);
    }
    action = {};
    action.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &action, nullptr);
}

bool interrupted() {
    return signal_seen != 0;
}

EventLoop::EventLoop() {
    catch_signals();
    signal_.assign(signal_descriptor);
    signal_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                       [this](const boost::system::error_code& error) {
                           if (!error) {
                               stop();
                           }
                       });
}

EventLoop::~EventLoop() {
    signal_.release();
}

void EventLoop::run() {
    if (!system::interrupted()) {
        context_.run();
    }
}

void EventLoop::clear() {
    context_.restart();
    context_.poll();
    context_.restart();
}

bool EventLoop::interrupted() const {
    return system::interrupted();
}

}  // namespace clockwright::system
