/// One connection of the HTTP server: requests in, one after the other, answers out.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

#include "system/http_server.h"

namespace clockwright::system {

class HttpConnection {
  public:
    /// What a connection asks of the server it belongs to.
    class House {
      public:
        virtual ~House() = default;
        virtual const HttpLimits& limits() const = 0;
        virtual void handle(HttpRequest request, HttpAnswer answer) = 0;
        /// False: no room for one more.
        virtual bool has_room_for_stream() const = 0;
        virtual void becomes_stream(boost::asio::ip::tcp::socket socket, std::string first) = 0;
        virtual void ended(const std::shared_ptr<HttpConnection>& connection) = 0;
    };

    virtual ~HttpConnection() = default;
    virtual void begin() = 0;
    /// Between two requests, with nothing of the next one read.
    virtual bool is_idle() const = 0;
    /// A request of it is wholly there, and its answer not yet gone.
    virtual bool is_served() const = 0;
    /// Says nothing more to its house.
    virtual void close() = 0;
};

/// `house` outlives it, or closes it first.
std::shared_ptr<HttpConnection> make_http_connection(boost::asio::ip::tcp::socket socket,
                                                     HttpConnection::House& house);

}  // namespace clockwright::system
