/// Notices of alerts: what people, and programs for them, are told.
#pragma once

#include <cstdint>
#include <string_view>

#include "watch/alert.h"

namespace clockwright {

/// Why they are told of an alert.
enum class NoticeKind : std::uint8_t {
    began,     ///< it fires
    ended,     ///< it does no more
    repeated,  ///< it still fires
    flapping,  ///< it comes and goes: from here on it stays firing until it is calm
};

std::string_view to_string(NoticeKind kind);  ///< "began", …

struct AlertNotice {
    Alert alert;
    NoticeKind kind = NoticeKind::began;

    friend bool operator==(const AlertNotice&, const AlertNotice&) = default;
};

}  // namespace clockwright
