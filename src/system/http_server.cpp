#include "system/http_server.h"

#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstring>
#include <utility>
#include <vector>

#include "system/http_connection.h"
#include "system/http_streams.h"
#include "system/socket_address.h"

namespace clockwright::system {
namespace {

namespace asio = boost::asio;
using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr Seconds pause_of_accepting{1};  ///< when there is no descriptor for a client
constexpr rlim_t other_files = 128;       ///< that this process has open besides

void raise_file_limit(const HttpLimits& limits) {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    const rlim_t wanted = limits.connections + limits.streams + other_files;
    if (files.rlim_cur >= wanted) return;
    files.rlim_cur = std::min(wanted, files.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &files);
}

tcp::endpoint native(const Endpoint& endpoint) {
    const SocketAddress address = to_socket_address(endpoint);
    tcp::endpoint out;
    out.resize(address.size);
    std::memcpy(out.data(), address.get(), address.size);
    return out;
}

}  // namespace

class HttpServer::Hall : public HttpConnection::House, public std::enable_shared_from_this<Hall> {
  public:
    Hall(asio::io_context& context, HttpHandler handler, const HttpLimits& limits)
        : acceptor_(context),
          pulse_(context),
          handler_(std::move(handler)),
          limits_(limits),
          streams_(limits.waiting) {}

    Result<void> open(const Endpoint& endpoint) {
        const tcp::endpoint address = native(endpoint);
        error_code error;
        acceptor_.open(address.protocol(), error);
        if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error && endpoint.address.family == Family::ipv6)
            acceptor_.set_option(asio::ip::v6_only(!endpoint.address.is_unspecified()), error);
        if (!error) acceptor_.bind(address, error);
        if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
        if (error) {
            return fail("cannot listen on " + to_string(endpoint) + ": " + error.message());
        }
        endpoint_ = endpoint;
        endpoint_.port = acceptor_.local_endpoint(error).port();
        raise_file_limit(limits_);
        accept();
        beat();
        return {};
    }

    void close() {
        if (std::exchange(closed_, true)) return;
        error_code ignored;
        acceptor_.close(ignored);
        pulse_.cancel();
        for (const auto& connection : std::exchange(connections_, {})) connection->close();
        streams_.close();
    }

    const HttpLimits& limits() const override { return limits_; }

    void handle(HttpRequest request, HttpAnswer answer) override {
        handler_(std::move(request), std::move(answer));
    }

    bool has_room_for_stream() const override { return streams_.count() < limits_.streams; }

    void becomes_stream(tcp::socket socket, std::string first) override {
        streams_.add(std::move(socket), std::move(first));
    }

    void ended(const std::shared_ptr<HttpConnection>& connection) override {
        std::erase(connections_, connection);
    }

    const Endpoint& endpoint() const { return endpoint_; }
    std::size_t connections() const { return connections_.size(); }
    HttpStreams& streams() { return streams_; }

  private:
    void accept() {
        acceptor_.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
            if (self->closed_) return;
            if (error) {
                self->accept_later();
                return;
            }
            self->admit(std::move(socket));
            self->accept();
        });
    }

    void accept_later() {
        auto timer = std::make_shared<asio::steady_timer>(acceptor_.get_executor(),
                                                          to_nanoseconds(pause_of_accepting));
        timer->async_wait([self = shared_from_this(), timer](error_code) {
            if (!self->closed_) self->accept();
        });
    }

    void admit(tcp::socket socket) {
        if (connections_.size() >= limits_.connections) {
            // In order of arrival: the first idle one waits longest for its next request. Without
            // one the first goes whose request is still not whole: who drips keeps nobody out.
            auto leaving = std::ranges::find_if(
                connections_, [](const auto& connection) { return connection->is_idle(); });
            if (leaving == connections_.end())
                leaving = std::ranges::find_if(
                    connections_, [](const auto& connection) { return !connection->is_served(); });
            if (leaving == connections_.end()) return;  // closed unheard
            (*leaving)->close();
            connections_.erase(leaving);
        }
        connections_.push_back(make_http_connection(std::move(socket), *this));
        connections_.back()->begin();
    }

    void beat() {
        pulse_.expires_after(to_nanoseconds(limits_.heartbeat));
        pulse_.async_wait([self = shared_from_this()](error_code error) {
            if (error || self->closed_) return;
            self->streams_.broadcast(":\n\n");
            self->beat();
        });
    }

    tcp::acceptor acceptor_;
    asio::steady_timer pulse_;
    HttpHandler handler_;
    HttpLimits limits_;
    HttpStreams streams_;
    std::vector<std::shared_ptr<HttpConnection>> connections_;
    Endpoint endpoint_;
    bool closed_ = false;
};

Result<std::unique_ptr<HttpServer>> HttpServer::listen(asio::io_context& context,
                                                       const Endpoint& endpoint,
                                                       HttpHandler handler,
                                                       const HttpLimits& limits) {
    auto hall = std::make_shared<Hall>(context, std::move(handler), limits);
    TRY(hall->open(endpoint));
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(hall)));
}

HttpServer::HttpServer(std::shared_ptr<Hall> hall) : hall_(std::move(hall)) {}

HttpServer::~HttpServer() {
    close();
}

const Endpoint& HttpServer::endpoint() const {
    return hall_->endpoint();
}

std::size_t HttpServer::connections() const {
    return hall_->connections();
}

std::size_t HttpServer::streams() const {
    return hall_->streams().count();
}

void HttpServer::broadcast(std::string event) {
    hall_->streams().broadcast(std::move(event));
}

void HttpServer::close() {
    hall_->close();
}

}  // namespace clockwright::system
