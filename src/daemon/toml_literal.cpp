#include "daemon/toml_literal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace clockwright {
namespace {

bool is_bare(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

std::string float_text(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    auto text = fmt::format("{}", value);
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

}  // namespace

std::string toml_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            out += fmt::format("\\{}", c);
        else if (octet < 0x20 || octet == 0x7f)
            out += fmt::format("\\u{:04X}", octet);
        else
            out += c;
    }
    return out + "\"";
}

std::string toml_key(std::string_view key) {
    return !key.empty() && std::ranges::all_of(key, is_bare) ? std::string(key) : toml_text(key);
}

std::string toml_literal(const toml::node& node) {
    if (const auto* text = node.as_string()) return toml_text(text->get());
    if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
    if (const auto* number = node.as_floating_point()) return float_text(number->get());
    if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
    std::vector<std::string> parts;
    if (const auto* array = node.as_array()) {
        for (const auto& element : *array) parts.push_back(toml_literal(element));
        return fmt::format("[{}]", fmt::join(parts, ", "));
    }
    if (const auto* table = node.as_table()) {
        for (const auto& [key, value] : *table)
            parts.push_back(fmt::format("{} = {}", toml_key(key.str()), toml_literal(value)));
        return fmt::format("{{ {} }}", fmt::join(parts, ", "));
    }
    return {};
}

}  // namespace clockwright
