#include "system/resolver.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "late_library.h"
#include "system/descriptor.h"
#include "system/event_loop.h"
#include "system/socket_address.h"

namespace clockwright::system {

namespace {

using boost::asio::posix::descriptor_base;

/// One look-up on its way through c-ares.
struct Question {
    FamilyChoice family;
    Resolver::OnAnswer on_answer;
};

int address_family(FamilyChoice family) {
    switch (family) {
        case FamilyChoice::ipv4:
            return AF_INET;
        case FamilyChoice::ipv6:
            return AF_INET6;
        case FamilyChoice::any:
            break;
    }
    return AF_UNSPEC;
}

std::string why_unresolved(int status, FamilyChoice family) {
    switch (status) {
        case ARES_ENOTFOUND:
            return "no such name";
        case ARES_ENODATA:
        case ARES_SUCCESS:
            return family == FamilyChoice::ipv4   ? "the name has no IPv4 address"
                   : family == FamilyChoice::ipv6 ? "the name has no IPv6 address"
                                                  : "the name has no address";
        case ARES_ECANCELLED:
        case ARES_EDESTRUCTION:
        case ARES_ETIMEOUT:
            return "the name servers do not answer";
        case ARES_ECONNREFUSED:
            return "no name server can be reached";
        case ARES_ESERVFAIL:
            return "the name servers failed";
        default:
            return fmt::format("cannot be resolved: {}", ::ares_strerror(status));
    }
}

/// Whether this host knows a way to it; nothing is sent.
bool has_route(const IpAddress& address) {
    const SocketAddress to = to_socket_address({address, ntp_port});
    const Descriptor socket(::socket(to.get()->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    return socket.is_open() && ::connect(socket.get(), to.get(), to.size) == 0;
}

std::vector<IpAddress> addresses_of(const ares_addrinfo& answer, FamilyChoice family) {
    std::vector<IpAddress> addresses;
    for (const ares_addrinfo_node* node = answer.nodes; node != nullptr; node = node->ai_next) {
        const auto endpoint = to_endpoint(node->ai_addr);
        if (endpoint && suits(endpoint->address, family) &&
            std::ranges::find(addresses, endpoint->address) == addresses.end()) {
            addresses.push_back(endpoint->address);
        }
    }
    return reachable_first(std::move(addresses), has_route);
}

void on_addrinfo(void* argument, int status, int, ares_addrinfo* answer) {
    const std::unique_ptr<Question> question{static_cast<Question*>(argument)};
    Resolved resolved;
    if (status == ARES_SUCCESS && answer != nullptr) {
        resolved.addresses = addresses_of(*answer, question->family);
    }
    if (resolved.addresses.empty()) {
        resolved.why = why_unresolved(status, question->family);
    }
    if (answer != nullptr) {
        ::ares_freeaddrinfo(answer);
    }
    question->on_answer(std::move(resolved));
}

}  // namespace

std::vector<IpAddress> reachable_first(std::vector<IpAddress> addresses,
                                       bool (*has_route)(const IpAddress&)) {
    std::ranges::stable_sort(addresses, {}, &IpAddress::family);
    if (addresses.empty() || addresses.front().family == addresses.back().family) return addresses;
    std::ranges::stable_partition(addresses, has_route);
    return addresses;
}

Resolver::Resolver(boost::asio::io_context& context)
    : context_(context), retry_(context), deadline_(context) {}

Resolver::~Resolver() {
    if (channel_ != nullptr) {
        ::ares_destroy(channel_);
        ::ares_library_cleanup();
    }
    for (auto& [number, watched] : watched_) {
        watched.socket.release();
    }
}

Result<void> Resolver::open(const ResolverSettings& settings) {
    TRY(loaded(&clockwright_load_cares));
    ares_options options{};
    options.timeout = 1000;
    options.tries = 4;
    options.sock_state_cb_data = this;
    options.sock_state_cb = [](void* self, ares_socket_t socket, int readable, int writable) {
        static_cast<Resolver*>(self)->socket_changed(socket, readable != 0, writable != 0);
    };
    int status = ::ares_library_init(ARES_LIB_INIT_ALL);
    if (status == ARES_SUCCESS) {
        status = ::ares_init_options(&channel_, &options,
                                     ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
    }
    if (status == ARES_SUCCESS && !settings.name_servers.empty()) {
        status = ::ares_set_servers_ports_csv(channel_, settings.name_servers.c_str());
    }
    if (status != ARES_SUCCESS) {
        return fail(fmt::format("cannot prepare name resolution: {}", ::ares_strerror(status)));
    }
    arm_deadline(settings.time_out);
    return {};
}

void Resolver::resolve(const std::string& name, FamilyChoice family, OnAnswer on_answer) {
    ares_addrinfo_hints hints{};
    hints.ai_flags = ARES_AI_NOSORT;
    hints.ai_family = address_family(family);
    hints.ai_socktype = SOCK_DGRAM;
    auto question = std::make_unique<Question>(family, std::move(on_answer));
    ::ares_getaddrinfo(channel_, name.c_str(), nullptr, &hints, on_addrinfo, question.release());
    arm_retry();
}

void Resolver::socket_changed(ares_socket_t socket, bool readable, bool writable) {
    if (!readable && !writable) {
        const auto found = watched_.find(socket);
        if (found != watched_.end()) {
            found->second.socket.release();
            watched_.erase(found);
        }
        return;
    }
    const auto [found, is_new] = watched_.try_emplace(socket, context_);
    Watched& watched = found->second;
    if (is_new) {
        watched.socket.assign(socket);
    }
    watched.read_wanted = readable;
    watched.write_wanted = writable;
    wait_read(socket, watched);
    wait_write(socket, watched);
}

void Resolver::wait_read(ares_socket_t socket, Watched& watched) {
    if (!watched.read_wanted || std::exchange(watched.read_waiting, true)) {
        return;
    }
    watched.socket.async_wait(descriptor_base::wait_read, [this, socket](const auto& error) {
        if (error) {
            return;  // perhaps this resolver is no more
        }
        const auto found = watched_.find(socket);
        if (found == watched_.end()) {
            return;
        }
        found->second.read_waiting = false;
        proceed(socket, ARES_SOCKET_BAD);
    });
}

void Resolver::wait_write(ares_socket_t socket, Watched& watched) {
    if (!watched.write_wanted || std::exchange(watched.write_waiting, true)) {
        return;
    }
    watched.socket.async_wait(descriptor_base::wait_write, [this, socket](const auto& error) {
        if (error) {
            return;  // perhaps this resolver is no more
        }
        const auto found = watched_.find(socket);
        if (found == watched_.end()) {
            return;
        }
        found->second.write_waiting = false;
        proceed(ARES_SOCKET_BAD, socket);
    });
}

void Resolver::proceed(ares_socket_t readable, ares_socket_t writable) {
    ::ares_process_fd(channel_, readable, writable);
    for (auto& [socket, watched] : watched_) {
        wait_read(socket, watched);
        wait_write(socket, watched);
    }
    arm_retry();
}

void Resolver::arm_retry() {
    timeval wait{};
    if (::ares_timeout(channel_, nullptr, &wait) == nullptr) {
        retry_.cancel();
        return;
    }
    retry_.expires_after(std::chrono::seconds{wait.tv_sec} +
                         std::chrono::microseconds{wait.tv_usec});
    retry_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            proceed(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        }
    });
}

void Resolver::arm_deadline(Seconds time_out) {
    deadline_.expires_after(to_nanoseconds(time_out));
    deadline_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            ::ares_cancel(channel_);
        }
    });
}

bool suits(const IpAddress& address, FamilyChoice family) {
    return family == FamilyChoice::any ||
           (family == FamilyChoice::ipv4) == (address.family == Family::ipv4);
}

std::optional<Resolved> resolve_at_once(const std::string& name, FamilyChoice family) {
    if (name.empty()) {
        return Resolved{.addresses = {}, .why = "its name is none that could be looked up"};
    }
    const auto literal = parse_address(name);
    if (!literal) {
        return std::nullopt;
    }
    if (suits(*literal, family)) {
        return Resolved{.addresses = {*literal}, .why = {}};
    }
    return Resolved{.addresses = {},
                    .why = fmt::format("{} is no {} address", to_string(*literal),
                                       family == FamilyChoice::ipv4 ? "IPv4" : "IPv6")};
}

Result<std::vector<Resolved>> resolve(const std::vector<HostName>& hosts, FamilyChoice family,
                                      Seconds time_out) {
    std::vector<Resolved> answers(hosts.size());
    std::vector<std::size_t> names;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        if (auto known = resolve_at_once(hosts[i].name, family)) {
            answers[i] = std::move(*known);
        } else {
            names.push_back(i);
        }
    }
    if (names.empty()) {
        return answers;
    }
    EventLoop loop;
    std::size_t missing = names.size();
    Resolver resolver(loop.context());
    if (auto opened = resolver.open({.time_out = time_out, .name_servers = {}}); !opened) {
        return std::unexpected(opened.error());
    }
    for (const std::size_t i : names) {
        resolver.resolve(hosts[i].name, family, [&, i](Resolved answer) {
            answers[i] = std::move(answer);
            if (--missing == 0) {
                loop.stop();
            }
        });
    }
    loop.run();
    if (loop.interrupted()) {
        return fail(Fault::interrupted, "interrupted while names were resolved");
    }
    return answers;
}

}  // namespace clockwright::system
