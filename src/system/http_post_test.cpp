#include "system/http_post.h"

#include <doctest/doctest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <thread>

namespace clockwright::system {
namespace {

using boost::asio::ip::tcp;

/// A web server on loopback that answers one post.
class OneAnswer {
  public:
    explicit OneAnswer(std::string answer)
        : door_(loop_, {boost::asio::ip::address_v4::loopback(), 0}),
          thread_([this, answer = std::move(answer)] {
              tcp::socket client = door_.accept();
              boost::asio::streambuf asked;
              boost::system::error_code ended;
              boost::asio::read_until(client, asked, "\r\n\r\n", ended);
              boost::asio::write(client, boost::asio::buffer(answer), ended);
          }) {}
    ~OneAnswer() { thread_.join(); }

    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(door_.local_endpoint().port()) + "/";
    }

  private:
    boost::asio::io_context loop_;
    tcp::acceptor door_;
    std::thread thread_;
};

}  // namespace

TEST_CASE("a token of several lines is sent to nobody") {
    const auto answer =
        http_post("http://127.0.0.1:1/", "text/plain", "", {.ca = {}, .token = "a\r\nX-Evil: 1"});
    CHECK(answer.error().message == "a token or secret to send is more than one line");
}

TEST_CASE("an answer that is long has its status and its beginning") {
    for (const int status : {200, 400}) {
        CAPTURE(status);
        const OneAnswer server("HTTP/1.1 " + std::to_string(status) +
                               " x\r\nContent-Length: 300000\r\n\r\nbegin " +
                               std::string(300'000 - 6, 'x'));
        const auto answer = http_post(server.url(), "text/plain", "", {});
        REQUIRE(answer.has_value());
        CHECK(answer->status == status);
        CHECK(answer->body.starts_with("begin xxx"));
        CHECK(answer->body.size() == std::size_t{64} << 10U);
    }
}

}  // namespace clockwright::system
