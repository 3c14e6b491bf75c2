/// The HTTP server in a thread of its own, with a canned snapshot behind the API.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "publish/api.h"
#include "system/http_server.h"
#include "tests/fakes/canned_history.h"

namespace clockwright {

class ServedSnapshot {
  public:
    explicit ServedSnapshot(int servers = 5, system::HttpLimits limits = {},
                            std::set<std::string> compat = {})
        : snapshot_(fakes::canned_snapshot(servers)) {
        view_.snapshot = &snapshot_;
        view_.history = &history_;
        view_.config_json = "{}\n";
        view_.now.wall = snapshot_.at + std::chrono::seconds{5};
        view_.access = {*parse_address("127.0.0.1"), {}, "secret"};
        view_.compat = std::move(compat);
        auto listening = system::HttpServer::listen(
            context_, {*parse_address("127.0.0.1"), 0},
            [this](HttpRequest request, system::HttpAnswer answer) {
                auto response = std::make_shared<HttpResponse>(respond(request, view_));
                // What reads the record is answered later, as the agent does it.
                if (!needs_history(request)) return answer(std::move(*response));
                boost::asio::post(context_, [answer = std::move(answer), response] {
                    answer(std::move(*response));
                });
            },
            limits);
        server_ = std::move(listening.value());
        port_ = server_->endpoint().port;
        thread_ = std::thread([this] { context_.run(); });
    }
    ServedSnapshot(const ServedSnapshot&) = delete;
    ServedSnapshot& operator=(const ServedSnapshot&) = delete;
    ~ServedSnapshot() {
        on_loop([this] { server_->close(); });
        guard_.reset();
        thread_.join();
    }

    std::uint16_t port() const { return port_; }
    void broadcast(const std::string& event) {
        on_loop([&] { server_->broadcast(event); });
    }
    std::size_t streams() {
        std::size_t count = 0;
        on_loop([&] { count = server_->streams(); });
        return count;
    }
    std::size_t connections() {
        std::size_t count = 0;
        on_loop([&] { count = server_->connections(); });
        return count;
    }

  private:
    template <class Work>
    void on_loop(Work work) {
        std::promise<void> done;
        boost::asio::post(context_, [&] {
            work();
            done.set_value();
        });
        done.get_future().wait();
    }

    Snapshot snapshot_;
    fakes::CannedHistory history_;
    ApiView view_;
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
        context_.get_executor()};
    std::unique_ptr<system::HttpServer> server_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace clockwright
