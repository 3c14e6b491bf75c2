/// What a notice is about, so that each channel can have what its readers want.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace clockwright {

enum class NoticeClass : std::uint8_t {
    errors,         ///< this clock, its servers or the daemon are wrong
    configuration,  ///< how this host keeps time is set up wrongly
    changes,        ///< time servers were changed, taken back, or wait for a person
    summary,        ///< what a week was like
};

/// The rules that notices of changes have: what was done, undone, could not be undone, waits.
inline constexpr std::string_view changed_rule = "servers_changed";
inline constexpr std::string_view taken_back_rule = "change_taken_back";
inline constexpr std::string_view change_failed_rule = "change_failed";
inline constexpr std::string_view proposed_rule = "plan_waits";
/// The one that the summary of a week has.
inline constexpr std::string_view week_rule = "week_summary";

std::string_view to_string(NoticeClass notice);  ///< "errors", …
std::optional<NoticeClass> parse_notice_class(std::string_view word);

/// By the name of its rule; a rule of the user's own is about errors.
NoticeClass class_of(std::string_view rule);

/// It tells what happened, once: it neither lasts nor ends.
bool is_event(std::string_view rule);

}  // namespace clockwright
