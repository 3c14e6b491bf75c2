/// Names to addresses beside everything else: c-ares, watched by the event loop.
#pragma once

#include <ares.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "system/scan_driver.h"

namespace clockwright::system {

/// IPv4 before IPv6; of a name that has both, those first that this host has a route to.
std::vector<IpAddress> reachable_first(std::vector<IpAddress> addresses,
                                       bool (*has_route)(const IpAddress&));

struct ResolverSettings {
    Seconds time_out{4};       ///< of all look-ups together, from `open` on
    std::string name_servers;  ///< "192.0.2.1:53,…"; empty: the system's
};

/// Honours /etc/hosts, nsswitch.conf and resolv.conf as c-ares does. Name servers that do not
/// answer cost `time_out` and nothing else. Must not outlive the loop's context.
class Resolver {
  public:
    using OnAnswer = std::function<void(Resolved)>;

    explicit Resolver(boost::asio::io_context& context);
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    Result<void> open(const ResolverSettings& settings);

    /// `on_answer` is called once: from within this call, from the loop, or from the destructor.
    /// The addresses are those of `family`, in the order of `reachable_first`, otherwise of the
    /// answer.
    void resolve(const std::string& name, FamilyChoice family, OnAnswer on_answer);

  private:
    /// A socket of c-ares; it owns the descriptor, we only wait for it.
    struct Watched {
        explicit Watched(boost::asio::io_context& context) : socket(context) {}
        boost::asio::posix::stream_descriptor socket;
        bool read_wanted = false, write_wanted = false;
        bool read_waiting = false, write_waiting = false;
    };

    void socket_changed(ares_socket_t socket, bool readable, bool writable);
    void wait_read(ares_socket_t socket, Watched& watched);
    void wait_write(ares_socket_t socket, Watched& watched);
    void proceed(ares_socket_t readable, ares_socket_t writable);
    void arm_retry();
    void arm_deadline(Seconds time_out);

    boost::asio::io_context& context_;
    boost::asio::steady_timer retry_;     ///< when c-ares wants to ask again
    boost::asio::steady_timer deadline_;  ///< of everything
    std::map<ares_socket_t, Watched> watched_;
    ares_channel channel_ = nullptr;
};

/// Of a host that needs no look-up: written as an address it resolves to itself, or to a reason
/// when `family` forbids it; without a name it resolves to nothing. Empty: it has to be looked up.
std::optional<Resolved> resolve_at_once(const std::string& name, FamilyChoice family);

}  // namespace clockwright::system
