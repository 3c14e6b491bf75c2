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

}  // namespace

void JsonObject::begin_member(std::string_view key) {
    if (!members_.empty()) {
        members_ += ',';
    }
    begin_line(members_, depth_ + 1);
    members_ += '"';
    members_ += key;
    members_ += "\": ";
}

void JsonObject::add(std::string_view key, std::string_view text) {
    begin_member(key);
    if (std::ranges::all_of(text, is_plain)) {
        members_ += '"';
        members_ += text;
        members_ += '"';
        return;
    }
    using Json = nlohmann::json;
    members_ += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

void JsonObject::add(std::string_view key, double number) {
    if (!std::isfinite(number)) {
        add_json(key, "null");
        return;
    }
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    add_json(key, std::string_view(digits.data(), end));
}

void JsonObject::add_json(std::string_view key, std::string_view json) {
    begin_member(key);
    members_ += json;
}

std::string JsonObject::text() const {
    if (members_.empty()) {
        return "{}";
    }
    std::string text = "{" + members_;
    begin_line(text, depth_);
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
