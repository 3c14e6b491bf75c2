/// An open file descriptor that closes itself.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <string>
#include <utility>

namespace clockwright::system {

class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() { close(); }

    int get() const { return number_; }
    bool is_open() const { return number_ >= 0; }
    explicit operator bool() const { return is_open(); }
    /// Gives it away: somebody else closes it.
    int release() { return std::exchange(number_, -1); }
    void close() {
        if (number_ >= 0) {
            ::close(std::exchange(number_, -1));
        }
    }

  private:
    int number_ = -1;
};

/// What an errno value means, in the words our messages use: lower case, without a full stop.
std::string errno_text(int number);

/// Raises the soft limit of open files to the hard one; returns the limit that holds now.
std::size_t raise_descriptor_limit();

}  // namespace clockwright::system
