/// Unpredictable bits from the kernel.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace clockwright::system {

/// 64 random bits at a time, fetched from the kernel a page at once.
class RandomBits {
  public:
    std::uint64_t operator()();

  private:
    std::array<std::uint64_t, 64> bits_{};
    std::size_t left_ = 0;
};

}  // namespace clockwright::system
