// The only file that sees Boost.Beast, which takes long to compile.
#include "system/http_connection.h"

#include <fmt/format.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

#include "publish/http_reply.h"
#include "publish/http_target.h"
#include "system/socket_address.h"

namespace clockwright::system {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr Seconds lingering{2};  ///< for a client to read why it was refused
constexpr std::size_t most_lingering_octets = 1 << 20;
constexpr double slowest_reader = 16 * 1024;  ///< octets a second, beyond the first of an answer

using Parser = http::request_parser<http::string_body>;

std::string text_of(boost::core::string_view text) {
    return {text.data(), text.size()};
}

/// Empty: malformed, in a way that the grammar of the header does not show.
std::optional<HttpRequest> request_of(const Parser::value_type& message, const IpAddress& remote) {
    const auto hosts = message.count(http::field::host);
    if (hosts > 1 || (hosts == 0 && message.version() >= 11)) return std::nullopt;
    if (message.count(http::field::origin) > 1 || message.count(http::field::authorization) > 1)
        return std::nullopt;
    HttpRequest request;
    request.method = text_of(message.method_string());
    if (!address_request(request, text_of(message.target()), text_of(message[http::field::host])))
        return std::nullopt;
    request.origin = text_of(message[http::field::origin]);
    request.authorization = text_of(message[http::field::authorization]);
    request.accept = text_of(message[http::field::accept]);
    request.body = message.body();
    request.remote = remote;
    return request;
}

/// What is answered to a request that could not be read; empty: nothing, the client is gone.
std::optional<HttpResponse> refusal_of(const error_code& error, bool timed_out,
                                       const HttpLimits& limits) {
    if (timed_out) return fault_reply(408, "the request took too long");
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        return fault_reply(431, fmt::format("the header is larger than {} octets", limits.header));
    }
    if (error == http::error::body_limit)
        return fault_reply(413, fmt::format("the body is larger than {} octets", limits.body));
    if (error == http::error::end_of_stream || error == http::error::partial_message)
        return std::nullopt;
    if (error.category() == http::make_error_code(http::error::bad_method).category())
        return fault_reply(400, "malformed request");
    return std::nullopt;
}

std::string head_of(const HttpResponse& response, bool keep_alive) {
    const auto reason =
        http::obsolete_reason(http::int_to_status(static_cast<unsigned>(response.status)));
    std::string head = fmt::format("HTTP/1.1 {} {}\r\nServer: clockwright\r\n", response.status,
                                   std::string_view(reason.data(), reason.size()));
    if (!response.content_type.empty())
        head += fmt::format("Content-Type: {}\r\n", response.content_type);
    if (!response.stream) head += fmt::format("Content-Length: {}\r\n", response.body.size());
    for (const auto& [name, value] : response.headers) head += name + ": " + value + "\r\n";
    head += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return head;
}

class Connection : public HttpConnection, public std::enable_shared_from_this<Connection> {
  public:
    Connection(tcp::socket socket, House& house)
        : socket_(std::move(socket)),
          deadline_(socket_.get_executor()),
          house_(&house),
          buffer_(house.limits().header + house.limits().body) {
        error_code ignored;
        const auto remote = socket_.remote_endpoint(ignored);
        if (const auto endpoint = to_endpoint(remote.data())) remote_ = endpoint->address;
        socket_.set_option(tcp::no_delay(true), ignored);
    }

    void begin() override { await_request(); }
    bool is_idle() const override { return idle_; }
    bool is_served() const override { return answering_ || !head_.empty(); }

    void close() override {
        house_ = nullptr;
        error_code ignored;
        socket_.close(ignored);
        deadline_.cancel();
    }

  private:
    const HttpLimits& limits() const { return house_->limits(); }

    /// A handler that does nothing once this connection is closed.
    template <class Then>
    auto then(Then next) {
        return [self = shared_from_this(), next](error_code error, auto... more) {
            if (self->house_ != nullptr) next(*self, error, more...);
        };
    }

    /// When it is reached the pending read or write ends with an error.
    void set_deadline(Seconds time) {
        timed_out_ = false;
        deadline_.expires_after(to_nanoseconds(time));
        deadline_.async_wait(then([](Connection& self, error_code error) {
            if (error || self.deadline_.expiry() > asio::steady_timer::clock_type::now()) return;
            self.timed_out_ = true;
            if (self.answering_) {
                self.end();
                return;
            }
            error_code ignored;
            self.socket_.cancel(ignored);
        }));
    }

    void end() {
        if (house_ == nullptr) return;
        House& house = *house_;
        const auto self = shared_from_this();
        close();
        house.ended(self);
    }

    /// Nothing but the socket is kept while nobody asks.
    void await_request() {
        parser_.reset();
        if (buffer_.size() > 0) {
            read_header();
            return;
        }
        buffer_.clear();
        buffer_.shrink_to_fit();
        idle_ = true;
        set_deadline(limits().idle_time);
        socket_.async_wait(tcp::socket::wait_read, then([](Connection& self, error_code error) {
                               self.idle_ = false;
                               error ? self.end() : self.read_header();
                           }));
    }

    void read_header() {
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(limits().header));
        parser_->body_limit(limits().body);
        set_deadline(limits().header_time);
        http::async_read_header(
            socket_, buffer_, *parser_, then([](Connection& self, error_code error, std::size_t) {
                error ? self.refuse(refusal_of(error, self.timed_out_, self.limits()))
                      : self.read_body();
            }));
    }

    void read_body() {
        if (parser_->get()[http::field::expect].size() > 0) {
            refuse(fault_reply(417, "send the body with the header"));
            return;
        }
        set_deadline(limits().header_time);
        http::async_read(socket_, buffer_, *parser_,
                         then([](Connection& self, error_code error, std::size_t) {
                             error ? self.refuse(refusal_of(error, self.timed_out_, self.limits()))
                                   : self.dispatch();
                         }));
    }

    void dispatch() {
        auto request = request_of(parser_->get(), remote_);
        if (!request) {
            refuse(fault_reply(400, "malformed request"));
            return;
        }
        head_only_ = request->method == "HEAD";
        keep_alive_ = parser_->get().keep_alive();
        parser_.reset();
        answering_ = true;
        const std::uint64_t number = ++requests_;
        set_deadline(limits().answer_time);
        house_->handle(std::move(*request), [weak = weak_from_this(),
                                             number](HttpResponse response) {
            const auto self = weak.lock();
            if (self && self->house_ != nullptr && self->answering_ && self->requests_ == number)
                self->answer(std::move(response));
        });
    }

    void answer(HttpResponse response) {
        answering_ = false;
        if (response.stream && !head_only_) {
            if (house_->has_room_for_stream()) {
                become_stream(response);
                return;
            }
            response = fault_reply(503, "there are as many streams as this server has room for");
            response.headers["Retry-After"] = "60";
        }
        response.stream = response.stream && head_only_;
        send(std::move(response));
    }

    void become_stream(const HttpResponse& response) {
        std::string first = head_of(response, false) + response.body;
        House& house = *house_;
        const auto self = shared_from_this();
        tcp::socket socket = std::move(socket_);
        close();
        house.ended(self);
        house.becomes_stream(std::move(socket), std::move(first));
    }

    /// The last answer of this connection; empty: without a word.
    void refuse(std::optional<HttpResponse> response) {
        if (!response) {
            end();
            return;
        }
        keep_alive_ = false;
        refused_ = true;
        send(std::move(*response));
    }

    void send(HttpResponse response) {
        head_ = head_of(response, keep_alive_);
        body_ = head_only_ ? std::string() : std::move(response.body);
        sent_ = 0;
        // One for all of it: an octet now and then keeps no place here.
        const auto octets = static_cast<double>(head_.size() + body_.size());
        set_deadline(limits().idle_time + Seconds{octets / slowest_reader});
        write_more();
    }

    void write_more() {
        const std::array<asio::const_buffer, 2> rest = {
            asio::buffer(asio::buffer(head_) + std::min(sent_, head_.size())),
            asio::buffer(body_) + (sent_ - std::min(sent_, head_.size()))};
        socket_.async_write_some(
            rest, then([](Connection& self, error_code error, std::size_t taken) {
                self.sent_ += taken;
                if (error) {
                    self.end();
                } else if (self.sent_ < self.head_.size() + self.body_.size()) {
                    self.write_more();
                } else {
                    self.written();
                }
            }));
    }

    void written() {
        head_ = {};
        body_ = {};
        if (keep_alive_) {
            await_request();
            return;
        }
        if (!refused_) {
            end();
            return;
        }
        // Closing with octets unread would take the answer from the client again.
        error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
        set_deadline(lingering);
        buffer_.clear();
        linger(0);
    }

    void linger(std::size_t octets) {
        constexpr std::size_t portion = 4096;
        socket_.async_read_some(
            buffer_.prepare(portion),
            then([octets](Connection& self, error_code error, std::size_t taken) {
                const bool done = error || octets + taken > most_lingering_octets ||
                                  self.deadline_.expiry() <= asio::steady_timer::clock_type::now();
                done ? self.end() : self.linger(octets + taken);
            }));
    }

    tcp::socket socket_;
    asio::steady_timer deadline_;
    House* house_;  ///< null: closed
    boost::beast::flat_buffer buffer_;
    std::optional<Parser> parser_;
    IpAddress remote_;
    std::string head_, body_;
    std::size_t sent_ = 0;
    std::uint64_t requests_ = 0;
    bool idle_ = false, answering_ = false, timed_out_ = false, refused_ = false;
    bool head_only_ = false, keep_alive_ = false;
};

}  // namespace

std::shared_ptr<HttpConnection> make_http_connection(tcp::socket socket,
                                                     HttpConnection::House& house) {
    return std::make_shared<Connection>(std::move(socket), house);
}

}  // namespace clockwright::system
