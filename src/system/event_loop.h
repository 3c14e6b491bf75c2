/// An event loop: Boost.Asio, one thread, Ctrl-C as a value.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace clockwright::system {

/// Catches SIGINT and SIGTERM; then `interrupted()` is true and the loop stops.
class EventLoop {
  public:
    EventLoop();
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    boost::asio::io_context& context() { return context_; }
    /// Until `stop` is called or a signal came; at once when one came before.
    void run();
    void stop() { context_.stop(); }
    /// What is ready is done, and the next `run` may come. What waits for something stays.
    void clear();
    bool interrupted() const;

  private:
    boost::asio::io_context context_{1};
    boost::asio::posix::stream_descriptor signal_{context_};
};

/// From here on SIGINT and SIGTERM do not end the process; they are seen by `interrupted()`, and a
/// blocking system call returns EINTR. Every EventLoop does this; again: no effect.
void catch_signals();

/// For what must not end halfway: a terminal that is gone (SIGHUP) interrupts as Ctrl-C does,
/// unless nohup has it ignored, and writing to a reader that is gone ends nothing.
void outlive_terminal();

/// True when one of them arrived since they are caught (also outside of a loop).
bool interrupted();

}  // namespace clockwright::system
