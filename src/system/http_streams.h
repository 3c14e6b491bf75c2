/// The clients of a stream of events: each gets every event, from one buffer that all share.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <unordered_set>

namespace clockwright::system {

class HttpStreams {
  public:
    explicit HttpStreams(std::size_t waiting) : waiting_(waiting) {}
    ~HttpStreams();
    HttpStreams(const HttpStreams&) = delete;
    HttpStreams& operator=(const HttpStreams&) = delete;

    std::size_t count() const { return clients_.size(); }
    /// `first`: what it gets before any event. Its own words are not read.
    void add(boost::asio::ip::tcp::socket socket, std::string first);
    /// A client that has not taken more than `waiting` octets is dropped.
    void broadcast(std::string event);
    void close();

  private:
    class Client;
    std::size_t waiting_;
    std::unordered_set<std::shared_ptr<Client>> clients_;
};

}  // namespace clockwright::system
