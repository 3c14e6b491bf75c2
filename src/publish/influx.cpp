#include "publish/influx.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace clockwright {
namespace {

/// `special` gets a backslash before it. A backslash at the end would escape what follows, and
/// within it may escape a special letter: there it becomes a slash.
std::string escaped(std::string_view text, std::string_view special) {
    std::string out;
    for (const char letter : text) {
        if (letter == '\n' || letter == '\r' || letter == '\0') {
            out += special.contains(' ') ? "\\ " : " ";
            continue;
        }
        if (letter == '\\') {
            out += '/';
            continue;
        }
        if (special.contains(letter)) out += '\\';
        out += letter;
    }
    return out;
}

/// Between quotes backslash and quote alone are special.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') out += '\\';
        out += letter == '\n' || letter == '\r' || letter == '\0' ? ' ' : letter;
    }
    return out + '"';
}

std::string number_text(double number) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return {digits.data(), end};
}

struct FieldText {
    std::string operator()(double number) const {
        return std::isfinite(number) ? number_text(number) : std::string{};
    }
    std::string operator()(std::int64_t whole) const { return std::to_string(whole) + "i"; }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(const std::string& text) const { return quoted(text); }
};

std::int64_t nanoseconds(WallTime at) {
    return at.time_since_epoch().count();
}

}  // namespace

InfluxPoint::InfluxPoint(std::string_view measurement) : head_(escaped(measurement, ", ")) {}

InfluxPoint& InfluxPoint::tag(std::string_view name, std::string_view value) {
    if (!value.empty()) head_ += "," + escaped(name, ",= ") + "=" + escaped(value, ",= ");
    return *this;
}

InfluxPoint& InfluxPoint::field(std::string_view name, const Value& value) {
    const std::string text = std::visit(FieldText{}, value);
    if (text.empty()) return *this;
    fields_ += (fields_.empty() ? "" : ",") + escaped(name, ",= ") + "=" + text;
    return *this;
}

InfluxPoint& InfluxPoint::field(std::string_view name, const std::optional<Seconds>& value) {
    return value ? field(name, Value(value->count())) : *this;
}

bool is_beyond_retention(std::string_view answer) {
    return answer.contains("partial write") && (answer.contains("beyond retention policy") ||
                                                answer.contains("outside retention policy"));
}

std::string InfluxPoint::line(WallTime at) const {
    if (fields_.empty()) return {};
    return fmt::format("{} {} {}\n", head_, fields_, nanoseconds(at));
}

}  // namespace clockwright
