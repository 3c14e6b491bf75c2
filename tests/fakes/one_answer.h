/// A web server on loopback that answers one request with the octets it is told.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <thread>
#include <utility>

namespace clockwright::fakes {

class OneAnswer {
  public:
    explicit OneAnswer(std::string answer)
        : door_(loop_, {boost::asio::ip::address_v4::loopback(), 0}),
          thread_([this, answer = std::move(answer)] {
              boost::system::error_code ended;
              boost::asio::ip::tcp::socket client = door_.accept();
              boost::asio::read_until(client, boost::asio::dynamic_buffer(asked_), "\r\n\r\n",
                                      ended);
              boost::asio::write(client, boost::asio::buffer(answer), ended);
              client.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ended);
              boost::asio::read(client, boost::asio::dynamic_buffer(asked_), ended);
          }) {}
    ~OneAnswer() { thread_.join(); }
    OneAnswer(const OneAnswer&) = delete;
    OneAnswer& operator=(const OneAnswer&) = delete;

    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(door_.local_endpoint().port()) + "/";
    }

  private:
    boost::asio::io_context loop_;
    boost::asio::ip::tcp::acceptor door_;
    std::string asked_;
    std::thread thread_;  // last: it uses the others
};

}  // namespace clockwright::fakes
