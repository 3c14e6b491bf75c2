/// Steers a clock that no daemon steers: by its rate and by slews, never by a step.
#pragma once

#include <optional>
#include <string>

#include "steer/clock.h"
#include "steer/phase_line.h"

namespace clockwright {

/// What is worth knowing after a restart: the rate that was needed, and how sure that was.
struct ServoMemory {
    Ppm frequency;
    Ppm error;
};

struct ServoLimits {
    Ppm frequency{400};  ///< a crystal that needs more is broken (rules T-2, T-8)
    Seconds offset{60};  ///< what takes longer than 33 h at 500 ppm is not begun
};

/// What the servers agree on; empty where nothing is demonstrated.
struct ServoEvidence {
    Seconds offset{};  ///< must be added to the clock
    Seconds bound{};
};

/// The host at one look.
struct ServoLook {
    Now now;
    Seconds slept{};     ///< in all, since the host was booted
    ClockSetting shows;  ///< the kernel's
    std::string hand;    ///< a program that moves this clock; empty: none
    std::optional<ServoEvidence> evidence;
};

/// Every look the line through the phase gives rate and offset; without evidence the rate stays and
/// nothing is slewed anew. When another hand moves the clock (a daemon appears, the rate or the
/// slew is not ours, the clock was set) or the limits are crossed, it lets go and touches nothing
/// more.
class Servo {
  public:
    explicit Servo(const std::optional<ServoMemory>& memory, ServoLimits limits = {})
        : limits_(limits), memory_(memory) {}

    /// What to set now; empty: nothing.
    std::optional<ClockSetting> look(const ServoLook& look);

    /// Why it let go, in one clause; empty: it steers.
    const std::string& let_go() const { return let_go_; }
    std::optional<ServoMemory> memory() const { return memory_; }

  private:
    struct Last {
        Now now;
        Seconds slept{};
        ClockSetting set;
    };

    std::string other_hand(const ServoLook& look) const;
    /// What our own corrections have added to the clock since the look before.
    Seconds corrected_since(const ServoLook& look) const;
    std::optional<ClockSetting> steer(const ServoLook& look);
    double seconds(SteadyTime at) const { return Seconds(at - began_->steady).count(); }

    ServoLimits limits_;
    std::optional<ServoMemory> memory_;
    PhaseLine line_;
    std::optional<Now> began_;
    std::optional<Last> last_;
    Seconds corrected_{};  ///< since it began
    std::string let_go_;
};

}  // namespace clockwright
