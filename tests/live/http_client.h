/// A blocking HTTP client that sends exactly the octets it is told, for tests and benchmarks.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace clockwright {

struct PlainAnswer {
    int status = 0;  ///< 0: the connection ended without an answer
    std::string head, body;
};

class HttpClient {
  public:
    explicit HttpClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    HttpClient(HttpClient&& other) noexcept
        : socket_(std::exchange(other.socket_, -1)),
          connected_(other.connected_),
          read_(std::move(other.read_)) {}
    HttpClient& operator=(HttpClient&&) = delete;
    ~HttpClient() {
        if (socket_ >= 0) ::close(socket_);
    }

    bool connected() const { return connected_; }

    bool send(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// Reads until `mark` was read, and returns all up to it; empty: the other end closed, or it
    /// took longer than `patience`.
    std::string read_until(std::string_view mark,
                           std::chrono::milliseconds patience = std::chrono::seconds{20}) {
        const auto end = std::chrono::steady_clock::now() + patience;
        std::size_t found = std::string::npos;
        while ((found = read_.find(mark)) == std::string::npos) {
            if (!read_more(end)) return {};
        }
        return take(found + mark.size());
    }

    /// One answer; `head_only`: as to HEAD, which has no body.
    PlainAnswer answer(bool head_only = false,
                       std::chrono::milliseconds patience = std::chrono::seconds{20}) {
        const auto end = std::chrono::steady_clock::now() + patience;
        PlainAnswer answer;
        answer.head = read_until("\r\n\r\n", patience);
        if (answer.head.size() < 12) return answer;
        std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);
        const std::size_t length = head_only ? 0 : content_length(answer.head);
        while (read_.size() < length && read_more(end)) {
        }
        answer.body = take(std::min(length, read_.size()));
        return answer;
    }

    /// The other end closes within `patience`, saying nothing more.
    bool is_closed(std::chrono::milliseconds patience) {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (read_more(end)) {
        }
        return closed_;
    }

  private:
    static std::size_t content_length(const std::string& head) {
        constexpr std::string_view name = "Content-Length: ";
        const std::size_t at = head.find(name);
        std::size_t length = 0;
        if (at != std::string::npos)
            std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
        return length;
    }

    bool read_more(std::chrono::steady_clock::time_point end) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now());
        pollfd readable{socket_, POLLIN, 0};
        if (closed_ || left.count() <= 0 ||
            ::poll(&readable, 1, static_cast<int>(left.count())) <= 0)
            return false;
        char octets[16384];
        const ssize_t taken = ::recv(socket_, octets, sizeof octets, 0);
        closed_ = taken <= 0;
        if (!closed_) read_.append(octets, static_cast<std::size_t>(taken));
        return !closed_;
    }

    std::string take(std::size_t size) {
        std::string taken = read_.substr(0, size);
        read_.erase(0, size);
        return taken;
    }

    int socket_;
    bool connected_ = false, closed_ = false;
    std::string read_;
};

}  // namespace clockwright
