/// Many sockets as one: an epoll set that the event loop watches, emptied in bursts.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <span>

#include "result.h"
#include "time/units.h"

namespace clockwright::system {

/// A socket that wants attention. `error`: its error queue holds a stamp, or an error is pending.
struct ReadySocket {
    std::size_t index = 0;
    bool error = false;
};

/// A wake-up costs ten times what a datagram costs. So the first datagram that comes wakes the
/// loop; it sleeps for `gathering`, which must be short, and then takes all that has come. Kernel
/// stamps make that free of consequence for the measurement. A socket that was not read empty is
/// reported again.
class SocketSet {
  public:
    using OnReady = std::function<void(std::span<const ReadySocket>)>;

    SocketSet(boost::asio::io_context& context, Seconds gathering, OnReady on_ready);

    /// Begins to watch. Error: the epoll set could not be made.
    Result<void> open();
    /// Watches no more.
    void close();

    /// Until the descriptor is closed. False when the operating system refuses. `index` comes back
    /// in ReadySocket.
    bool add(int descriptor, std::size_t index);

    /// Until it is reported once; then it must be asked for again. While it is not watched, a send
    /// passes no watcher on its way, which would cost the time stamp a microsecond or two. `known`:
    /// it was watched before. False as above.
    bool watch_once(int descriptor, std::size_t index, bool known);

    /// As if it had never been watched.
    void forget(int descriptor);

  private:
    bool control(int operation, int descriptor, std::uint32_t events, std::size_t index);
    void watch();
    void empty();
    std::size_t take_burst();

    boost::asio::posix::stream_descriptor set_;
    Seconds gathering_;
    OnReady on_ready_;
};

}  // namespace clockwright::system
