/// How long one server is left alone between two questions of steady watching, by what its last
/// answers were (rules E-3, E-4).
#pragma once

#include "ntp/kiss.h"
#include "time/units.h"

namespace clockwright::ntp {

/// RATE makes it half as fast each time, down to one question in 2^13 s; eight answers on end take
/// one such step back. DENY and RSTR: a day, twice as long each time, at most a week. A stranger
/// that is silent three times is asked half as often each time, down to once a day; an answer ends
/// that.
class SteadyPace {
  public:
    void answered();
    /// Asked in vain.
    void lost();
    void kissed(KissDuty duty);

    /// From the last question to the next; `usual`: while all is well. Only a `stranger` is left
    /// alone for being silent.
    Seconds rest(Seconds usual, bool stranger) const;

    bool is_denied() const { return denied_; }  ///< its last word was DENY or RSTR
    /// Left alone for nothing but its silence.
    bool is_silent() const;

  private:
    int losses_ = 0;   // on end
    int answers_ = 0;  // on end, up to the eight that count
    int slower_ = 0;   // steps
    int denials_ = 0;  // days, doubled
    bool denied_ = false;
};

}  // namespace clockwright::ntp
