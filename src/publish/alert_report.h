/// What `alert list` and `alert silence list` show.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "watch/alert.h"
#include "watch/alert_book_json.h"
#include "watch/silence.h"

namespace clockwright {

/// What the agent last wrote of its alerts; empty: nothing yet.
struct AlertsReport {
    WallTime now;
    std::optional<WallTime> written;
    bool running = false;       ///< when it wrote, it meant to go on
    std::optional<bool> alive;  ///< by its last word of three cycles; empty: that cannot be told
    std::vector<Alert> alerts;
    std::vector<Silence> silences;  ///< in force
};

struct AgentWord;

/// From the agent's file and its last word, as far as there are any. Where a fresh word says that
/// it runs and the file does not (it is closed to us, or older than the agent), what fires is told
/// by the word. The silences are left empty.
AlertsReport alerts_report(const std::optional<SavedAlerts>& saved, const AgentWord* word,
                           WallTime now);

/// Without the agent's word its file must do; a lazy one writes every half an hour only.
inline constexpr Seconds written_is_stale{2 * 3600.0};

/// Whether what it wrote can still be what is.
bool is_stale(const AlertsReport& report);

std::string alerts_text(const AlertsReport& report, bool colour);
std::string alerts_json(const AlertsReport& report);

std::string silences_text(std::span<const Silence> silences, WallTime now);
/// {"silences": […]}
std::string silences_report_json(std::span<const Silence> silences);

}  // namespace clockwright
