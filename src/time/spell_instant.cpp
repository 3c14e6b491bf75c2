#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "time/spell.h"

namespace clockwright {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

/// Takes exactly `length` digits off the front of `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t length) {
    const std::string_view digits = text.substr(0, length);
    if (digits.size() != length || digits.find_first_not_of("0123456789") != std::string::npos) {
        return std::nullopt;
    }
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    text.remove_prefix(length);
    return value;
}

/// `separator` and then exactly `length` digits.
std::optional<int> take_field(std::string_view& text, char separator, std::size_t length) {
    if (!text.starts_with(separator)) {
        return std::nullopt;
    }
    text.remove_prefix(1);
    return take_digits(text, length);
}

/// ".1" to ".123456789"; no fraction at all is zero.
std::optional<nanoseconds> take_fraction(std::string_view& text) {
    if (!text.starts_with('.')) {
        return nanoseconds{0};
    }
    const std::size_t end = text.find_first_not_of("0123456789", 1);
    const std::size_t length = (end == std::string_view::npos ? text.size() : end) - 1;
    if (length < 1 || length > 9) {
        return std::nullopt;
    }
    auto value = take_field(text, '.', length);
    for (std::size_t digits = length; value && digits < 9; ++digits) {
        *value *= 10;
    }
    return value ? std::optional(nanoseconds{*value}) : std::nullopt;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
    const auto year = take_digits(text, 4);
    const auto month = take_field(text, '-', 2);
    const auto day = take_field(text, '-', 2);
    if (!year || !month || !day) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    // Whole years that 64-bit nanoseconds can hold.
    const bool holdable = *year >= 1678 && *year <= 2261;
    return holdable && date.ok() ? std::optional(std::chrono::sys_days(date)) : std::nullopt;
}

/// Unix time has no second 60: a leap second is refused.
std::optional<seconds> take_time_of_day(std::string_view& text) {
    const auto hour = take_field(text, 'T', 2);
    const auto minute = take_field(text, ':', 2);
    const auto second = take_field(text, ':', 2);
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) {
        return std::nullopt;
    }
    return hours{*hour} + minutes{*minute} + seconds{*second};
}

}  // namespace

std::string rfc3339(WallTime instant, bool fraction) {
    const auto day = floor<days>(instant);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(floor<microseconds>(instant - day));
    const std::string text =
        fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    time.hours().count(), time.minutes().count(), time.seconds().count());
    return fraction ? fmt::format("{}.{:06}Z", text, time.subseconds().count()) : text + "Z";
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
    const auto date = take_date(text);
    const auto time = take_time_of_day(text);
    const auto fraction = take_fraction(text);
    if (!date || !time || !fraction || text != "Z") {
        return std::nullopt;
    }
    return WallTime(*date) + *time + *fraction;
}

}  // namespace clockwright
