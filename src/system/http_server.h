/// A small HTTP/1.1 server on the event loop: bounded in size, time and number of connections.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "publish/http.h"
#include "result.h"
#include "time/address.h"
#include "time/units.h"

namespace clockwright::system {

struct HttpLimits {
    std::size_t header = 16 * 1024, body = 64 * 1024;  ///< octets; more is 431, 413
    Seconds header_time{10};  ///< for a request to be there, once its first octet came
    Seconds idle_time{30};    ///< without a request, or for an answer to be taken, beside its size
    Seconds answer_time{60};  ///< for the handler; then the connection is closed
    std::size_t connections = 256;  ///< ordinary ones; the longest idle or unheard one makes room
    std::size_t streams = 2000;     ///< more are 503
    std::size_t waiting = 256 * 1024;  ///< octets; a stream that has more to take is dropped
    Seconds heartbeat{25};             ///< a comment to every stream, so that both ends notice
};

/// Takes the answer, now or later, on the thread of the loop; again, or too late: no effect.
using HttpAnswer = std::function<void(HttpResponse)>;
using HttpHandler = std::function<void(HttpRequest, HttpAnswer)>;

/// Requests of a connection are answered one after the other. What is malformed is answered with
/// 400 and the connection closed; HEAD is answered without its body.
class HttpServer {
  public:
    /// Port 0: a free one. Raises this process's soft limit of open files to what the limits need.
    static Result<std::unique_ptr<HttpServer>> listen(boost::asio::io_context& context,
                                                      const Endpoint& endpoint, HttpHandler handler,
                                                      const HttpLimits& limits = {});
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    const Endpoint& endpoint() const;
    std::size_t connections() const;
    std::size_t streams() const;
    /// `event`, as it goes over the wire, to every stream: one copy, however many they are.
    void broadcast(std::string event);
    /// At once, every connection with it.
    void close();

  private:
    class Hall;
    explicit HttpServer(std::shared_ptr<Hall> hall);
    std::shared_ptr<Hall> hall_;
};

}  // namespace clockwright::system
