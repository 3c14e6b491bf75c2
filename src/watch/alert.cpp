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
