#include "system/random_bits.h"

#include <sys/random.h>
#include <sys/types.h>

namespace clockwright::system {

std::uint64_t RandomBits::operator()() {
    if (left_ == 0) {
        std::size_t filled = 0;
        auto* bytes = reinterpret_cast<std::uint8_t*>(bits_.data());
        while (filled < sizeof bits_) {
            const ssize_t got = ::getrandom(bytes + filled, sizeof bits_ - filled, 0);
            filled += got > 0 ? static_cast<std::size_t>(got) : 0;
        }
        left_ = bits_.size();
    }
    return bits_[--left_];
}

}  // namespace clockwright::system
