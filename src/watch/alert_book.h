/// The book of alerts: what rules hold now, since when, and who must be told of what.
///
/// pending ─(held long enough, in enough evaluations)─► firing ─(no more, with hysteresis)─►
/// resolved
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "result.h"
#include "watch/alert.h"
#include "watch/alert_notice.h"
#include "watch/fact.h"
#include "watch/rule.h"
#include "watch/silence.h"

namespace clockwright {

struct AlertSettings {
    Seconds repeat{4 * 3600.0};  ///< what still fires is told again after so long; 0: never
};

/// How long a boot, a start or a wake-up excuses what is not yet well (rule AL-2).
inline constexpr Seconds quiet_after_start{512};

/// More changes than this within an hour are flapping: the alert then stays firing until it is
/// calm.
inline constexpr std::size_t most_turns_an_hour = 6;

/// What one step brought.
struct AlertNews {
    std::vector<Alert> changes;        ///< every new state, for the record and the log
    std::vector<AlertNotice> notices;  ///< what to tell, most severe first
};

/// What the book knows of one rule and subject. For the book and its file only.
struct AlertEntry {
    Alert alert;
    std::string family;
    SteadyTime began;   ///< the condition holds since then
    int held = 0;       ///< evaluations on end in which it held
    int calm = 0;       ///< evaluations on end in which it did not
    int unseen = 0;     ///< evaluations on end that knew nothing of the subject
    bool good = false;  ///< calm for long enough, though it may go on to fire while it flaps
    bool flapping = false;
    bool hidden = false;  ///< a more severe one of its family fires
    bool told = false;    ///< people know that it fires
    bool told_flapping = false;
    SteadyTime told_at;
    std::vector<SteadyTime> turns;  ///< to good or to bad, within the last hour

    friend bool operator==(const AlertEntry&, const AlertEntry&) = default;
};

class AlertBook {
  public:
    /// By rule, then subject; found without a copy of either.
    struct ByRule {
        using is_transparent = void;
        using Key = std::pair<std::string_view, std::string_view>;
        bool operator()(const Key& one, const Key& other) const { return one < other; }
    };
    using Entries = std::map<std::pair<std::string, std::string>, AlertEntry, ByRule>;

    explicit AlertBook(AlertSettings settings = {}) : settings_(settings) {}

    /// Boot, start, wake-up: rules that allow it stay pending until then.
    void be_quiet_until(SteadyTime end) { quiet_until_ = std::max(quiet_until_, end); }
    bool is_quiet(SteadyTime now) const { return now < quiet_until_; }

    /// One evaluation of all rules over the facts of this moment.
    AlertNews step(Now now, std::span<const Rule> rules, std::span<const Fact> facts,
                   std::span<const Silence> silences = {});

    /// Pending and firing, most severe first, then oldest; without what a more severe one hides.
    std::vector<Alert> open() const;

    const Entries& entries() const { return entries_; }
    /// From a file: replaces everything. What is pending must be seen afresh.
    void restore(Entries entries);
    /// After the configuration changed.
    void use(AlertSettings settings) { settings_ = settings; }

  private:
    void judge(const Rule& rule, std::string_view subject, bool known, const FactTable& facts,
               Now now, AlertNews& news);
    void end_unjudged(std::span<const Rule> rules, const FactTable& facts, Now now,
                      AlertNews& news);
    void forget_old(SteadyTime now);
    void hide_degrees();
    void tell(Now now, std::span<const Silence> silences, AlertNews& news);

    AlertSettings settings_;
    SteadyTime quiet_until_{SteadyTime::min()};
    Entries entries_;
};

}  // namespace clockwright
