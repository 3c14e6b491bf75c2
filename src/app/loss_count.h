/// What is lost for good is said with its number: at once, and what follows once an hour.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "time/units.h"

namespace clockwright::app {

class LossCount {
  public:
    /// Of `lost` in all so far, those to speak of now; 0: none are new, or not yet.
    std::uint64_t to_tell(std::uint64_t lost, SteadyTime now) {
        if (lost == told_ || (told_at_ && now - *told_at_ < rest)) return 0;
        told_at_ = now;
        return lost - std::exchange(told_, lost);
    }

  private:
    static constexpr std::chrono::hours rest{1};

    std::uint64_t told_ = 0;
    std::optional<SteadyTime> told_at_;
};

}  // namespace clockwright::app
