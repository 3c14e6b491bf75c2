#include "system/key_exchange.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "system/descriptor.h"
#include "system/socket_address.h"
#include "time/spell.h"

namespace clockwright::system {

namespace {

using boost::asio::posix::descriptor_base;

constexpr std::size_t most_octets = 256 * 1024;  ///< of TLS, with certificates and answer

NtsFailure failure_of(int error) {
    return error == ETIMEDOUT ? NtsFailure::no_connection : NtsFailure::refused;
}

}  // namespace

KeyExchange::KeyExchange(boost::asio::io_context& context, TrustAnchors& anchors,
                         KeyRequest request, OnDone on_done)
    : context_(context),
      request_(std::move(request)),
      on_done_(std::move(on_done)),
      anchors_(anchors),
      socket_(context),
      deadline_(context) {}

KeyExchange::~KeyExchange() = default;

void KeyExchange::begin(WallTime now) {
    outcome_.report.server = request_.host.name;
    tls_.emplace(anchors_, request_.host, now);
    deadline_.expires_after(to_nanoseconds(request_.time_out));
    deadline_.async_wait([this](const boost::system::error_code& error) {
        if (!error && !finished_) {
            timed_out();
        }
    });
    connect();
}

void KeyExchange::connect() {
    const SocketAddress peer = to_socket_address(request_.at);
    Descriptor socket(
        ::socket(peer.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    if (!socket) {
        cannot_reach(errno);
        return;
    }
    // Small records that wait for each other: without this each step may cost 40 ms.
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const int result = ::connect(socket.get(), peer.get(), peer.size);
    const int error = result == 0 ? 0 : errno;
    if (error != 0 && error != EINPROGRESS) {
        cannot_reach(error);
        return;
    }
    socket_.assign(socket.release());
    socket_.async_wait(descriptor_base::wait_write, [this](const auto& failed) {
        if (!failed && !finished_) {
            connected();
        }
    });
}

void KeyExchange::connected() {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        cannot_reach(error);
        return;
    }
    stage_ = Stage::handshaking;
    proceed();
    if (!finished_) {
        wait_to_receive();
    }
}

void KeyExchange::wait_to_receive() {
    socket_.async_wait(descriptor_base::wait_read, [this](const auto& failed) {
        if (!failed && !finished_) {
            receive();
        }
    });
}

void KeyExchange::wait_to_send() {
    if (std::exchange(waiting_to_send_, true)) {
        return;
    }
    socket_.async_wait(descriptor_base::wait_write, [this](const auto& failed) {
        if (failed) {
            return;  // perhaps this exchange is no more
        }
        waiting_to_send_ = false;
        if (!finished_ && !flush()) {
            finish({NtsFailure::closed, "while we sent"});
        }
    });
}

void KeyExchange::receive() {
    std::array<std::uint8_t, 16 * 1024> buffer;
    const ssize_t size = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), 0);
    if (size < 0 && errno != EAGAIN && errno != EINTR) {
        finish({NtsFailure::closed, errno_text(errno)});
        return;
    }
    if (size == 0) {
        tls_->wire_ended();
    } else if (size > 0) {
        received_ += static_cast<std::size_t>(size);
        tls_->arrived(std::span(buffer).first(static_cast<std::size_t>(size)));
    }
    proceed();
    if (!finished_ && received_ > most_octets) {
        finish({NtsFailure::malformed, fmt::format("it sent more than {} octets", most_octets)});
    }
    if (!finished_) {
        wait_to_receive();
    }
}

void KeyExchange::proceed() {
    const Step step = stage_ == Stage::handshaking ? handshake() : read_answer();
    outcome_.report.subject = tls_->certificate().subject;
    outcome_.report.issuer = tls_->certificate().issuer;
    outcome_.report.not_before = tls_->certificate().not_before;
    outcome_.report.not_after = tls_->certificate().not_after;
    const bool sent = flush();  // an alert, too, before all is over
    if (!step) {
        finish(step.error());
    } else if (*step) {
        succeed();
    } else if (!sent) {
        finish({NtsFailure::closed, "while we sent"});
    }
}

KeyExchange::Step KeyExchange::handshake() {
    const bool complete = TRY(tls_->handshake());
    if (!complete) {
        return false;
    }
    stage_ = Stage::awaiting_answer;
    TRY(tls_->write(ntp::encode_key_request()));
    return read_answer();
}

KeyExchange::Step KeyExchange::read_answer() {
    std::array<std::uint8_t, 4096> buffer;
    while (true) {
        const std::size_t size = TRY(tls_->read(buffer));
        if (size == 0) {
            return false;
        }
        if (TRY(answer_.take(std::span(buffer).first(size)))) {
            return true;
        }
    }
}

/// Sends what can be sent now; false when the other side is gone.
bool KeyExchange::flush() {
    const auto departing = tls_->departing();
    unsent_.insert(unsent_.end(), departing.begin(), departing.end());
    while (!unsent_.empty()) {
        const ssize_t sent =
            ::send(socket_.native_handle(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0 && errno == EAGAIN) {
            wait_to_send();
            return true;
        }
        if (sent < 0) {
            return false;
        }
        unsent_.erase(unsent_.begin(), unsent_.begin() + sent);
    }
    return true;
}

void KeyExchange::cannot_reach(int error) {
    const std::string where = to_string(request_.at);
    finish({failure_of(error), error == ECONNREFUSED
                                   ? fmt::format("nobody listens at {}", where)
                                   : fmt::format("{} at {}", errno_text(error), where)});
}

void KeyExchange::timed_out() {
    const char* missing = stage_ == Stage::connecting    ? "no connection"
                          : stage_ == Stage::handshaking ? "no TLS handshake"
                                                         : "no complete answer";
    const NtsFailure failure =
        stage_ == Stage::connecting ? NtsFailure::no_connection : NtsFailure::time_out;
    finish({failure, fmt::format("{} with {} within {}", missing, to_string(request_.at),
                                 spell(request_.time_out))});
}

void KeyExchange::finish(ntp::ExchangeFailure failure) {
    outcome_.report.failure = failure.failure;
    outcome_.report.why = std::move(failure.why);
    done();
}

void KeyExchange::succeed() {
    const ntp::KeyOffer& offer = answer_.offer();
    ntp::NtsKeys keys{
        .algorithm = offer.algorithm,
        .to_server = tls_->export_key(offer.algorithm, TlsStream::Direction::to_server),
        .to_client = tls_->export_key(offer.algorithm, TlsStream::Direction::to_client),
        .cookies = offer.cookies};
    if (keys.to_server.empty() || keys.to_client.empty()) {
        finish({NtsFailure::tls, "the keys cannot be exported"});
        return;
    }
    NtsReport& report = outcome_.report;
    report.failure = tls_->certificate().fault.failure;
    report.why = tls_->certificate().fault.why;
    report.algorithm = offer.algorithm;
    report.cookies = static_cast<int>(keys.cookies.size());
    outcome_.names_server = offer.server.has_value();
    report.server = offer.server.value_or(request_.host.name);
    report.port = offer.port.value_or(report.port);
    outcome_.keys = std::move(keys);
    done();
}

void KeyExchange::done() {
    finished_ = true;
    deadline_.cancel();
    boost::system::error_code ignored;
    socket_.close(ignored);
    boost::asio::post(context_, [this] { on_done_(std::move(outcome_)); });
}

}  // namespace clockwright::system
