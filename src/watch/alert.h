/// Alerts: what a rule has to say about a subject, from pending over firing to resolved.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "time/units.h"

namespace clockwright {

enum class AlertSeverity : std::uint8_t { info, warning, critical };
enum class AlertState : std::uint8_t { pending, firing, resolved };

std::string_view to_string(AlertSeverity severity);  ///< "info", "warning", "critical"
std::optional<AlertSeverity> parse_severity(std::string_view word);
std::string_view to_string(AlertState state);  ///< "pending", "firing", "resolved"

/// One rule holding for one subject.
struct Alert {
    std::string rule;     ///< "server_wrong"
    std::string subject;  ///< a server as written; empty: this host
    AlertSeverity severity = AlertSeverity::warning;
    AlertState state = AlertState::pending;
    std::string text;    ///< one sentence with the evidence
    std::string hazard;  ///< "H-2"; empty: none of the rule book
    WallTime since;      ///< the condition holds since then
    WallTime changed;    ///< it came into its state then
    bool silenced = false;
    std::string advice = {};  ///< what to do next

    friend bool operator==(const Alert&, const Alert&) = default;
};

}  // namespace clockwright
