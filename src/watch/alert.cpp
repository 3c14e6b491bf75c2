#include "watch/alert.h"

namespace clockwright {

std::string_view to_string(AlertSeverity severity) {
    switch (severity) {
        case AlertSeverity::info:
            return "info";
        case AlertSeverity::warning:
            return "warning";
        case AlertSeverity::critical:
            break;
    }
    return "critical";
}

std::optional<AlertSeverity> parse_severity(std::string_view word) {
    for (const auto severity :
         {AlertSeverity::info, AlertSeverity::warning, AlertSeverity::critical}) {
        if (to_string(severity) == word) return severity;
    }
    return std::nullopt;
}

std::string_view to_string(AlertState state) {
    switch (state) {
        case AlertState::pending:
            return "pending";
        case AlertState::firing:
            return "firing";
        case AlertState::resolved:
            break;
    }
    return "resolved";
}

}  // namespace clockwright
