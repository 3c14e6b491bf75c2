/// The one event loop of a process: Boost.Asio, one thread, Ctrl-C as a value.
#pragma once

#include <boost/asio/io_context.hpp>

namespace clockwright::system {

/// Installs SIGINT and SIGTERM handlers; `interrupted()` turns true and the loop stops.
class EventLoop {
  public:
    EventLoop();
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    boost::asio::io_context& context() { return context_; }
    /// Until nothing is left to do or a signal came.
    void run();
    bool interrupted() const;

  private:
    boost::asio::io_context context_{1};
};

/// True when SIGINT or SIGTERM arrived since the process began (also outside of a loop).
bool interrupted();

}  // namespace clockwright::system
