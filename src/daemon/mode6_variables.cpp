#include <algorithm>
#include <charconv>
#include <cmath>

#include "daemon/mode6.h"

namespace clockwright::mode6 {
namespace {

constexpr std::size_t most_variables = 1000;  ///< ours; NTPsec gives about 40 by itself
constexpr std::string_view between = {", \t\r\n\0", 6};

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < ' ';
}

/// A text being read from its front.
class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}

    bool skip_to_item() {
        text_.remove_prefix(std::min(text_.find_first_not_of(between), text_.size()));
        return !text_.empty();
    }

    std::string_view name() {
        const auto end = std::ranges::find_if_not(text_, is_name_character);
        return take(static_cast<std::size_t>(end - text_.begin()));
    }

    bool take_equals() {
        if (!text_.starts_with('=')) return false;
        text_.remove_prefix(1);
        return true;
    }

    std::string_view value() {
        if (const auto quoted = quoted_value()) return *quoted;
        std::string_view found = take(text_.find(','));
        found = found.substr(0, found.find_last_not_of(between) + 1);  // npos + 1 is 0
        return found;
    }

    void skip_item() { take(text_.find(',')); }

  private:
    std::string_view take(std::size_t size) {
        const std::string_view taken = text_.substr(0, size);
        text_.remove_prefix(taken.size());
        return taken;
    }

    /// Quoted text holds no control character, so that a stray quote costs at most its line.
    std::optional<std::string_view> quoted_value() {
        if (!text_.starts_with('"')) return std::nullopt;
        const std::string_view rest = text_.substr(1);
        const auto end =
            std::ranges::find_if(rest, [](char c) { return c == '"' || is_control(c); });
        if (end == rest.end() || *end != '"') return std::nullopt;
        const auto size = static_cast<std::size_t>(end - rest.begin());
        text_.remove_prefix(size + 2);
        return rest.substr(0, size);
    }

    std::string_view text_;
};

/// The whole of `text` as a number.
template <class T, class... Base>
std::optional<T> whole(std::string_view text, Base... base) {
    T value{};
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, base...);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

Variables::Variables(std::span<const std::uint8_t> data) {
    Reader reader({reinterpret_cast<const char*>(data.data()), data.size()});
    while (rows_.size() < most_variables && reader.skip_to_item()) {
        const std::string_view name = reader.name();
        if (reader.take_equals()) {
            const std::string_view value = reader.value();
            if (!name.empty()) rows_.emplace_back(name, value);
        }
        reader.skip_item();
    }
}

std::optional<std::string_view> Variables::text(std::string_view name) const {
    const auto row = std::ranges::find(rows_, name, &decltype(rows_)::value_type::first);
    return row == rows_.end() ? std::nullopt : std::optional(row->second);
}

std::optional<double> Variables::number(std::string_view name) const {
    auto value = text(name);
    if (!value) return std::nullopt;
    if (value->starts_with('+')) value->remove_prefix(1);
    const auto found = whole<double>(*value);
    return found && std::isfinite(*found) ? found : std::nullopt;
}

std::optional<std::int64_t> Variables::integer(std::string_view name) const {
    auto value = text(name);
    if (!value) return std::nullopt;
    if (!value->starts_with("0x")) return whole<std::int64_t>(*value);
    value->remove_prefix(2);
    const auto found = whole<std::uint32_t>(*value, 16);
    return found ? std::optional<std::int64_t>(*found) : std::nullopt;
}

std::optional<std::uint64_t> Variables::timestamp(std::string_view name) const {
    auto value = text(name);
    constexpr std::size_t digits = 8;
    if (!value || value->size() != 2 + digits + 1 + digits || !value->starts_with("0x") ||
        (*value)[2 + digits] != '.')
        return std::nullopt;
    const auto seconds = whole<std::uint32_t>(value->substr(2, digits), 16);
    const auto fraction = whole<std::uint32_t>(value->substr(2 + digits + 1), 16);
    if (!seconds || !fraction) return std::nullopt;
    return std::uint64_t{*seconds} << 32 | *fraction;
}

}  // namespace clockwright::mode6
