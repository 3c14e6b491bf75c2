/// Makes the roll-ups that are due, a few stretches at a time, of samples that are sorted.
#pragma once

#include <vector>

#include "publish/roll_up.h"
#include "store/database.h"

namespace clockwright::store {

/// An hour of raw rows gives its minutes and itself; a day is made of the day's raw rows, so that
/// its percentiles are exact too. A stretch is rolled when it is over, and again when rows of it
/// came later: the same rows give the same roll-up, whenever it is made. A stretch whose raw rows
/// are no longer all there keeps the roll-up it has; one that lost a part of them before it was
/// rolled gets none.
class RollUps {
  public:
    static Attempt<RollUps> prepare(Database& database);

    struct Step {
        bool rolled = false;    ///< false: nothing is due
        WallTime at;            ///< the stretch
        std::size_t polls = 0;  ///< how many rows were read for it
    };
    /// The oldest one that is due and over. Within the caller's transaction.
    Attempt<Step> roll_next(WallTime now);

  private:
    explicit RollUps(Database& database) : database_(&database) {}
    struct Stretch {
        Resolution resolution = Resolution::hour;
        WallTime at;
        std::int64_t server = 0;
    };
    Attempt<std::optional<Stretch>> next_due(Resolution resolution, WallTime now);
    Attempt<std::vector<Polled>> polls_of(const Stretch& stretch);
    Attempt<void> keep(Resolution resolution, std::int64_t server, WallTime at,
                       std::span<const Polled> polls, bool whole);
    Attempt<void> keep_minutes(const Stretch& hour, std::span<const Polled> polls, bool whole);
    Attempt<void> settle(const Stretch& stretch);

    Database* database_;
    std::vector<Statement> statements_;
};

}  // namespace clockwright::store
