/// What the record keeps and for how long; tidied a little at a time, so that nobody waits.
#pragma once

#include "store/database.h"
#include "store/retention_settings.h"
#include "store/roll_ups.h"

namespace clockwright::store {

/// Nothing is deleted by age on the word of a clock that is not demonstrated, or that the agent's
/// own quorum contradicts: ages count from the newest row up to `now` that says it was. By size,
/// what reaches back the furthest in proportion to its age loses its oldest day: never what is not
/// rolled up, and rows of today only, by the hour, when nothing else is left.
class Retention {
  public:
    static Attempt<Retention> prepare(Database& database);

    /// One slice, for which samples are sorted: some tens of milliseconds. True: there is more to
    /// do.
    Attempt<bool> step(WallTime now, const RetentionSettings& settings);

  private:
    Retention(Database& database, RollUps rolls) : database_(&database), rolls_(std::move(rolls)) {}
    Attempt<bool> roll(WallTime now);
    Attempt<bool> expire_by_age(WallTime now, const RetentionSettings& settings);
    Attempt<bool> expire_by_size(WallTime now, const RetentionSettings& settings);
    Attempt<void> raw_begins(WallTime since);
    Attempt<void> come_back(WallTime now);
    Attempt<bool> clear_raw();
    Attempt<bool> clear_rolled(Resolution resolution, WallTime before);
    Attempt<bool> clear_occasions(WallTime before);
    Attempt<bool> give_back();

    Database* database_;
    RollUps rolls_;
    bool raw_is_clear_ = false;  ///< nothing before `kept.raw_since` is left
    std::optional<WallTime> minutes_clear_, hours_clear_, occasions_clear_;
};

}  // namespace clockwright::store
