#include <array>
#include <charconv>
#include <cmath>

#include "time/spell.h"

namespace clockwright {
namespace {

/// One second is `per_second` of it, or it is `seconds` long: never a factor like 1e-6, which no
/// double holds.
struct Unit {
    std::string_view name;
    double seconds;
    double per_second;
};

/// From long to short, the order in which a sum must name them.
constexpr std::array<Unit, 9> units{{
    {"d", 86400, 1},
    {"h", 3600, 1},
    {"min", 60, 1},
    {"m", 60, 1},
    {"s", 1, 1},
    {"ms", 1, 1e3},
    {"us", 1, 1e6},
    {"µs", 1, 1e6},
    {"ns", 1, 1e9},
}};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Length of the digits at the start of `text`.
std::size_t digits_at_start(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && is_digit(text[length])) {
        ++length;
    }
    return length;
}

/// Takes "12" or "12.5" off the front of `text`.
std::optional<double> take_number(std::string_view& text) {
    std::size_t length = digits_at_start(text);
    if (length == 0) {
        return std::nullopt;
    }
    if (length < text.size() && text[length] == '.') {
        const std::size_t fraction = digits_at_start(text.substr(length + 1));
        if (fraction == 0) {
            return std::nullopt;
        }
        length += 1 + fraction;
    }
    double value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + length, value, std::chars_format::fixed);
    if (error != std::errc{}) {
        return std::nullopt;
    }
    text.remove_prefix(length);
    return value;
}

/// Takes the letters up to the next number off the front of `text`.
const Unit* take_unit(std::string_view& text) {
    std::size_t length = 0;
    while (length < text.size() && !is_digit(text[length])) {
        ++length;
    }
    const std::string_view name = text.substr(0, length);
    text.remove_prefix(length);
    for (const Unit& unit : units) {
        if (unit.name == name) {
            return &unit;
        }
    }
    return nullptr;
}

double length_of(const Unit& unit) {
    return unit.seconds / unit.per_second;
}

}  // namespace

std::optional<Seconds> parse_duration(std::string_view text) {
    if (text.empty()) {
        return std::nullopt;
    }
    double total = 0;
    const Unit* previous = nullptr;
    while (!text.empty()) {
        const auto number = take_number(text);
        const Unit* unit = take_unit(text);
        if (!number || !unit || (previous && length_of(*unit) >= length_of(*previous))) {
            return std::nullopt;
        }
        total += *number * unit->seconds / unit->per_second;
        previous = unit;
    }
    return std::isfinite(total) ? std::optional(Seconds{total}) : std::nullopt;
}

}  // namespace clockwright
