/// The book of alerts as a file, so that a restart tells nobody anything twice.
#pragma once

#include <string>
#include <string_view>

#include "result.h"
#include "watch/alert_book.h"

namespace clockwright {

/// What `alerts.json` in the state directory holds.
struct SavedAlerts {
    WallTime at;           ///< when it was written
    bool running = false;  ///< the agent goes on; false: it ended by itself
    AlertBook::Entries entries;
};

/// Instants that may not jump are written as ages.
std::string alert_book_json(const AlertBook& book, Now now, bool running);

/// Ages go on over the time it was saved, as far as the wall clock can be believed: not backwards,
/// and a week at most. Fault::bad_input when the text is damaged or of a newer version.
Result<SavedAlerts> read_alert_book(std::string_view text, Now now);

/// The open ones of a saved book, as `AlertBook::open` has them.
std::vector<Alert> open_alerts(const SavedAlerts& saved);

}  // namespace clockwright
