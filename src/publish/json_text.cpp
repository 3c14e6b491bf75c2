#include "publish/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace clockwright {
namespace {

void begin_line(std::string& text, int depth) {
    text += '\n';
    text.append(2 * static_cast<std::size_t>(depth), ' ');
}

bool is_plain(char letter) {
    return letter >= ' ' && letter <= '~' && letter != '"' && letter != '\\';
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

JsonObject::JsonObject(int depth) : lead_(",") {
    begin_line(lead_, depth + 1);
    lead_ += '"';
    members_.reserve(512);
}

void JsonObject::begin_member(std::string_view key) {
    members_.append(lead_, members_.empty() ? 1 : 0);
    members_ += key;
    members_ += "\": ";
}

void JsonObject::add(std::string_view key, std::string_view text) {
    begin_member(key);
    append_string(members_, text);
}

void JsonObject::add(std::string_view key, double number) {
    begin_member(key);
    append_number(members_, number);
}

void JsonObject::add_json(std::string_view key, std::string_view json) {
    begin_member(key);
    members_ += json;
}

std::string JsonObject::text() const {
    if (members_.empty()) {
        return "{}";
    }
    // It ends where it began: two columns before its members.
    const std::string_view end = std::string_view(lead_).substr(1, lead_.size() - 4);
    std::string text;
    text.reserve(members_.size() + end.size() + 2);
    text += '{';
    text += members_;
    text += end;
    return text += '}';
}

std::string json_array(const std::vector<std::string>& elements, int depth) {
    if (elements.empty()) {
        return "[]";
    }
    std::string text = "[";
    for (const std::string& element : elements) {
        if (text.size() > 1) {
            text += ',';
        }
        begin_line(text, depth + 1);
        text += element;
    }
    begin_line(text, depth);
    return text += ']';
}

}  // namespace clockwright
