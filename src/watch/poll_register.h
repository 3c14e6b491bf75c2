/// A daemon's polls of one server, seen through its register of the last eight.
#pragma once

#include <cstdint>
#include <optional>

#include "time/units.h"

namespace clockwright {

/// Each look may find none, one or several polls since the look before; how many, the register and
/// the time that passed tell together. Of several the newest stands for all, so that the share of
/// those that are lost is true however seldom is looked.
class PollRegister {
  public:
    /// `reach`: newest bit lowest; `interval` from poll to poll, > 0. True: the newest poll is new
    /// since the last look and was lost.
    bool lost(std::uint8_t reach, Seconds interval, SteadyTime now);
    /// The daemon was started anew: what its register had is gone.
    void forget() { last_.reset(); }

  private:
    std::optional<std::uint8_t> last_;
    SteadyTime counted_;  ///< up to here the polls are known
};

}  // namespace clockwright
