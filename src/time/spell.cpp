#include "time/spell.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace clockwright {
namespace {

/// A positive number as digits d.ddd × 10^exponent: rounding is settled before a unit is chosen.
struct Scientific {
    std::string digits;
    int exponent = 0;
};

/// `how`: chars_format::scientific and perhaps the digits after the point, for `to_chars`.
Scientific split_scientific(double value, auto... how) {
    std::array<char, 32> buffer;  // "1.9e-03"
    char* const end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, how...).ptr;
    char* const e = std::find(buffer.data(), end, 'e');
    Scientific number{.digits = {buffer.data(), e}, .exponent = 0};
    if (number.digits.size() > 1) number.digits.erase(1, 1);
    std::from_chars(e[1] == '+' ? e + 2 : e + 1, end, number.exponent);
    return number;
}

/// Rounded half-even to three digits.
Scientific round_nearest(double value) {
    return split_scientific(value, std::chars_format::scientific, 2);
}

/// Rounded up to two digits. Works on the shortest decimal that reads back as `value`, so that
/// 0.0019 stays 1.9 ms although no double is exactly that.
Scientific round_up(double value) {
    Scientific number = split_scientific(value, std::chars_format::scientific);
    const bool inexact = number.digits.find_first_not_of('0', 2) != std::string::npos;
    number.digits.resize(2, '0');
    if (!inexact) {
        return number;
    }
    const int rounded = (number.digits[0] - '0') * 10 + (number.digits[1] - '0') + 1;
    if (rounded == 100) {
        return {"10", number.exponent + 1};
    }
    return {std::to_string(rounded), number.exponent};
}

/// `digits` with the decimal point after `whole` of them; `whole` may lie outside the digits.
std::string place_point(std::string digits, int whole) {
    if (whole <= 0) {
        digits.insert(0, static_cast<std::size_t>(1 - whole), '0');
        whole = 1;
    }
    const auto point = static_cast<std::size_t>(whole);
    digits.resize(std::max({digits.find_last_not_of('0') + 1, point, std::size_t{2}}), '0');
    if (digits.size() > point) digits.insert(point, 1, '.');
    return digits;
}

std::string with_unit(const Scientific& number) {
    struct Unit {
        int exponent;
        std::string_view name;
    };
    static constexpr std::array<Unit, 4> units{{{0, " s"}, {-3, " ms"}, {-6, " µs"}, {-9, " ns"}}};
    const Unit* fitting = units.data();
    while (number.exponent < fitting->exponent && fitting != &units.back()) {
        ++fitting;
    }
    std::string text = place_point(number.digits, number.exponent - fitting->exponent + 1);
    return text += fitting->name;
}

/// What cannot be written with digits and a unit, or an empty text.
std::string_view spell_special(double value) {
    if (std::isnan(value)) {
        return "unknown";
    }
    if (std::isinf(value)) {
        return "infinite";
    }
    return value == 0 ? "0 s" : "";
}

std::string spell_magnitude(double value) {
    if (const auto special = spell_special(value); !special.empty()) {
        return std::string(special);
    }
    // From 1000 s on every whole second is told: 3600 s and 619315200 s name their cause.
    return value >= 999.5 ? fmt::format("{:.0f} s", value) : with_unit(round_nearest(value));
}

}  // namespace

std::string spell(Seconds interval) {
    std::string text = spell_magnitude(std::abs(interval.count()));
    if (interval.count() < 0) text.insert(0, 1, '-');
    return text;
}

std::string spell_signed(Seconds interval) {
    std::string text = spell(interval);
    if (interval.count() > 0) text.insert(0, 1, '+');
    return text;
}

std::string spell_bound(Seconds bound) {
    const double value = std::abs(bound.count());
    const auto special = spell_special(value);
    return special.empty() ? with_unit(round_up(value)) : std::string(special);
}

std::string spell_age(Seconds age) {
    if (!std::isfinite(age.count())) {
        return "unknown";
    }
    struct Step {
        std::int64_t seconds;
        std::string_view name;
    };
    static constexpr std::array<Step, 4> steps{{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}};
    constexpr double longest = 1e15;
    const auto total = static_cast<std::int64_t>(std::min(std::abs(age.count()), longest));
    std::size_t largest = 0;
    while (largest + 1 < steps.size() && total < steps[largest].seconds) {
        ++largest;
    }
    const std::int64_t count = total / steps[largest].seconds;
    std::string text = fmt::format("{} {}", count, steps[largest].name);
    const bool days_suffice = largest == 0 && count >= 10;
    if (largest + 1 < steps.size() && !days_suffice) {
        const Step& next = steps[largest + 1];
        const std::int64_t rest = total % steps[largest].seconds / next.seconds;
        text += rest > 0 ? fmt::format(" {} {}", rest, next.name) : "";
    }
    return (age.count() <= -1 ? "-" : "") + text;
}

}  // namespace clockwright
