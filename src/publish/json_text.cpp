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

std::string json_string(std::string_view text) {
    if (std::ranges::all_of(text, is_plain)) {
        std::string quoted = "\"";
        quoted += text;
        return quoted += '"';
    }
    using Json = nlohmann::json;
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string json_number(double number) {
    if (!std::isfinite(number)) {
        return "null";
    }
    std::array<char, 32> digits;
    return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr};
}

void JsonObject::begin_member(std::string_view key) {
    if (!members_.empty()) {
        members_ += ',';
    }
    begin_line(members_, depth_ + 1);
    members_ += '"';
    members_ += key;
    members_ += "\": ";
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
