#include "publish/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

namespace clockwright {
namespace {

void begin_line(std::string& text, int depth) {
    text += '\n';
    text.append(2 * static_cast<std::size_t>(depth), ' ');
}

constexpr std::array<bool, 256> plain_letters = [] {
    std::array<bool, 256> plain{};
    for (std::size_t letter = ' '; letter <= '~'; ++letter)
        plain[letter] = letter != '"' && letter != '\\';
    return plain;
}();

bool is_plain(char letter) {
    return plain_letters[static_cast<unsigned char>(letter)];
}

void append_string(std::string& out, std::string_view text) {
    if (std::ranges::all_of(text, is_plain)) {
        out += '"';
        out += text;
        out += '"';
        return;
    }
    using Json = nlohmann::json;
    out += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

void append_number(std::string& out, double number) {
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    std::array<char, 32> digits;
    out.append(digits.data(),
               std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

}  // namespace

std::string json_string(std::string_view text) {
    std::string quoted;
    append_string(quoted, text);
    return quoted;
}

std::string json_number(double number) {
    std::string text;
    append_number(text, number);
    return text;
}

JsonObject::JsonObject(int depth, std::size_t octets) : lead_(",") {
    begin_line(lead_, depth + 1);
    lead_ += '"';
    text_.reserve(octets);
    text_ = '{';
}

void JsonObject::begin_member(std::string_view key) {
    text_.append(lead_, text_.size() == 1 ? 1 : 0);
    text_ += key;
    text_ += "\": ";
}

void JsonObject::add(std::string_view key, std::string_view text) {
    begin_member(key);
    append_string(text_, text);
}

void JsonObject::add(std::string_view key, double number) {
    begin_member(key);
    append_number(text_, number);
}

void JsonObject::add_json(std::string_view key, std::string_view json) {
    begin_member(key);
    text_ += json;
}

/// Where it has members it ends two columns before them, as it began.
std::string_view JsonObject::end() const {
    if (text_.size() == 1) return {};
    return std::string_view(lead_).substr(1, lead_.size() - 4);
}

std::string JsonObject::text() const& {
    std::string text;
    text.reserve(text_.size() + lead_.size());
    append_to(text);
    return text;
}

std::string JsonObject::text() && {
    text_ += end();
    text_ += '}';
    return std::move(text_);
}

void JsonObject::append_to(std::string& out) const {
    out += text_;
    out += end();
    out += '}';
}

void JsonArray::begin_element() {
    if (text_.size() > 1) {
        text_ += ',';
    }
    begin_line(text_, depth_ + 1);
}

void JsonArray::add(const JsonObject& element) {
    begin_element();
    element.append_to(text_);
}

void JsonArray::add_json(std::string_view json) {
    begin_element();
    text_ += json;
}

std::string JsonArray::text() && {
    if (text_.size() > 1) {
        begin_line(text_, depth_);
    }
    text_ += ']';
    return std::move(text_);
}

}  // namespace clockwright
