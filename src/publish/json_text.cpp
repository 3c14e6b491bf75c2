#include "publish/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace clockwright {
namespace {

std::string line_at(int depth) { return "\n" + std::string(2 * static_cast<std::size_t>(depth), ' '); }

bool is_plain(char letter) { return letter >= ' ' && letter <= '~' && letter != '"' && letter != '\\'; }

std::string quoted(std::string_view text) {
    if (std::ranges::all_of(text, is_plain)) return fmt::format("\"{}\"", text);
    using Json = nlohmann::json;
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

void JsonObject::add(std::string_view key, std::string_view text) { add_json(key, quoted(text)); }

void JsonObject::add(std::string_view key, double number) {
    add_json(key, std::isfinite(number) ? fmt::format("{}", number) : "null");
}

void JsonObject::add_json(std::string_view key, std::string_view json) {
    if (!members_.empty()) members_ += ',';
    members_ += line_at(depth_ + 1);
    members_ += quoted(key);
    members_ += ": ";
    members_ += json;
}

std::string JsonObject::text() const {
    return members_.empty() ? "{}" : "{" + members_ + line_at(depth_) + "}";
}

std::string json_array(const std::vector<std::string>& elements, int depth) {
    if (elements.empty()) return "[]";
    std::string text = "[";
    for (const std::string& element : elements) {
        if (text.size() > 1) text += ',';
        text += line_at(depth + 1);
        text += element;
    }
    return text + line_at(depth) + "]";
}

}  // namespace clockwright
