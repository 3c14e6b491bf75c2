/// A datagram socket to one chronyd: a request out, its reply in, nothing else let through.
#pragma once

#include <array>
#include <functional>
#include <string>

#include "daemon/chrony_control.h"
#include "result.h"
#include "system/descriptor.h"

namespace clockwright::system {

/// The file of our own end of a Unix socket: removed when this goes.
class BoundPath {
  public:
    BoundPath() = default;
    explicit BoundPath(std::string path) : path_(std::move(path)) {}
    BoundPath(BoundPath&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    BoundPath& operator=(BoundPath&& other) noexcept {
        std::swap(path_, other.path_);
        return *this;
    }
    ~BoundPath();

  private:
    std::string path_;  ///< empty: nothing is bound
};

class ChronyChannel {
  public:
    /// `address`: chronyd's socket path, or "127.0.0.1:323", "[::1]:323". Faults: not_permitted,
    /// unreachable; bad_input when it is neither.
    static Result<ChronyChannel> open(const std::string& address);

    /// Builds the request once more for each try, as each has its own sequence.
    using Encode = std::function<chrony::Bytes(std::uint32_t sequence)>;
    /// The reply with its status, valid until the next request. Sent up to three times;
    /// Fault::unreachable when nothing that is its reply comes.
    Result<chrony::Reply> ask(chrony::Command command, const Encode& encode);

    const std::string& address() const { return address_; }
    bool is_local() const {
        return address_.starts_with('/');
    }  ///< a Unix socket: all is permitted

  private:
    ChronyChannel(std::string address, Descriptor socket, BoundPath own_end);

    Result<void> send(const chrony::Bytes& request);
    /// Empty when `patience` ran out.
    Result<std::optional<chrony::Reply>> receive(chrony::Command command, std::uint32_t sequence,
                                                 Seconds patience);

    std::string address_;
    Descriptor socket_;
    BoundPath own_end_;
    std::array<std::uint8_t, 2048> buffer_{};  ///< chronyd's longest reply has 860 bytes
};

}  // namespace clockwright::system
