#include "system/http_streams.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <utility>
#include <vector>

namespace clockwright::system {
namespace {

namespace asio = boost::asio;
using boost::asio::ip::tcp;
using boost::system::error_code;

/// The kernel keeps no more than this for one of thousands.
constexpr int kernel_buffer = 64 * 1024;

}  // namespace

/// Writes without an operation of its own while the kernel takes it, and waits only when it does
/// not: an idle client is a socket and an empty list.
class HttpStreams::Client : public std::enable_shared_from_this<Client> {
  public:
    Client(tcp::socket socket, HttpStreams& streams)
        : socket_(std::move(socket)), streams_(&streams) {
        error_code ignored;
        socket_.non_blocking(true, ignored);
        socket_.set_option(asio::socket_base::send_buffer_size(kernel_buffer), ignored);
    }

    /// False: it is gone, or takes nothing.
    bool send(const std::shared_ptr<const std::string>& event) {
        if (waiting_ + event->size() > streams_->waiting_) return false;
        events_.push_back(event);
        waiting_ += event->size();
        return is_blocked_ || flush();
    }

    /// Notices its end; what it says is thrown away.
    void watch() {
        socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
            if (!error && self->is_open() && self->drain()) {
                self->watch();
            } else {
                self->leave();
            }
        });
    }

    void close() {
        streams_ = nullptr;
        error_code ignored;
        socket_.close(ignored);
        events_ = {};
    }

  private:
    bool is_open() const { return streams_ != nullptr; }

    bool drain() {
        std::array<char, 512> words;
        error_code error;
        socket_.read_some(asio::buffer(words), error);
        return !error || error == asio::error::would_block;
    }

    bool flush() {
        std::size_t done = 0;
        error_code error;
        while (done < events_.size() && !error) {
            const std::string& event = *events_[done];
            const std::size_t sent = socket_.write_some(
                asio::buffer(event.data() + taken_, event.size() - taken_), error);
            taken_ += sent;
            waiting_ -= sent;
            if (taken_ == event.size()) {
                taken_ = 0;
                ++done;
            }
        }
        events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(done));
        if (events_.empty()) events_ = {};
        if (error == asio::error::would_block) {
            wait_until_writable();
            return true;
        }
        return !error;
    }

    void wait_until_writable() {
        is_blocked_ = true;
        socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](error_code error) {
            self->is_blocked_ = false;
            if (error || !self->is_open() || !self->flush()) self->leave();
        });
    }

    void leave() {
        if (!is_open()) return;
        streams_->clients_.erase(shared_from_this());
        close();
    }

    tcp::socket socket_;
    HttpStreams* streams_;  ///< null: closed
    std::vector<std::shared_ptr<const std::string>> events_;
    std::size_t taken_ = 0;    ///< octets of the first event that are sent
    std::size_t waiting_ = 0;  ///< octets of all events that are not
    bool is_blocked_ = false;
};

HttpStreams::~HttpStreams() {
    close();
}

void HttpStreams::add(tcp::socket socket, std::string first) {
    auto client = std::make_shared<Client>(std::move(socket), *this);
    if (!client->send(std::make_shared<const std::string>(std::move(first)))) {
        client->close();
        return;
    }
    clients_.insert(client);
    client->watch();
}

void HttpStreams::broadcast(std::string event) {
    const auto shared = std::make_shared<const std::string>(std::move(event));
    std::erase_if(clients_, [&](const std::shared_ptr<Client>& client) {
        if (client->send(shared)) return false;
        client->close();
        return true;
    });
}

void HttpStreams::close() {
    for (const auto& client : std::exchange(clients_, {})) client->close();
}

}  // namespace clockwright::system
