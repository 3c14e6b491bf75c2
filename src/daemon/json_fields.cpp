#include "daemon/json_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "time/spell.h"

namespace clockwright {
namespace {

constexpr std::size_t most_elements = 4096;
constexpr std::size_t longest_text = 4U << 20U;

const nlohmann::ordered_json null_json;

std::optional<std::string> bytes_of_hex(const std::string& hex) {
    if (hex.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        unsigned value = 0;
        const auto* first = hex.data() + i;
        const auto [end, error] = std::from_chars(first, first + 2, value, 16);
        if (error != std::errc{} || end != first + 2) return std::nullopt;
        bytes += static_cast<char>(value);
    }
    return bytes;
}

}  // namespace

JsonFields::JsonFields(const Json& json, std::string place, JsonFaults& faults)
    : json_(json), place_(std::move(place)), faults_(faults) {
    if (!json_.is_object()) faults_.push_back(fmt::format("{}: must be an object", place_));
}

std::string JsonFields::place_of(std::string_view key) const {
    return place_.empty() ? std::string(key) : fmt::format("{}.{}", place_, key);
}

void JsonFields::fault(std::string_view key, std::string what) {
    faults_.push_back(fmt::format("{}: {}", place_of(printable(key)), what));
}

bool JsonFields::has(std::string_view key) const {
    return json_.is_object() && json_.contains(key);
}

const JsonFields::Json* JsonFields::field(std::string_view key) {
    asked_.emplace_back(key);
    if (!json_.is_object()) return nullptr;
    const auto found = json_.find(key);
    if (found != json_.end()) return &*found;
    fault(key, "is missing");
    return nullptr;
}

const JsonFields::Json* JsonFields::elements(std::string_view key) {
    const auto* value = field(key);
    if (!value) return nullptr;
    if (value->is_array() && value->size() <= most_elements) return value;
    fault(key, fmt::format("must be a list of at most {} elements", most_elements));
    return nullptr;
}

bool JsonFields::boolean(std::string_view key) {
    const auto* value = field(key);
    if (!value) return false;
    if (value->is_boolean()) return value->get<bool>();
    fault(key, "must be true or false");
    return false;
}

std::int64_t JsonFields::integer(std::string_view key, std::int64_t lowest, std::int64_t highest) {
    const auto* value = field(key);
    if (!value) return lowest;
    if (value->is_number_integer() &&
        !(value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX)) {
        const auto number = value->get<std::int64_t>();
        if (number >= lowest && number <= highest) return number;
    }
    fault(key, fmt::format("must be a whole number from {} to {}", lowest, highest));
    return lowest;
}

std::optional<double> JsonFields::number_or_null(std::string_view key) {
    const auto* value = field(key);
    if (!value || value->is_null()) return std::nullopt;
    if (value->is_number()) return value->get<double>();
    fault(key, "must be a number or null");
    return std::nullopt;
}

std::string JsonFields::text(std::string_view key) {
    const auto* value = field(key);
    if (!value) return {};
    if (value->is_string() && value->get_ref<const std::string&>().size() <= longest_text)
        return value->get<std::string>();
    fault(key, "must be a string of at most 4 MiB");
    return {};
}

WallTime JsonFields::instant(std::string_view key) {
    const auto instant = parse_rfc3339(text(key));
    if (!instant) fault(key, "must be an instant of RFC 3339 with Z");
    return instant.value_or(WallTime{});
}

std::string JsonFields::bytes(std::string_view key) {
    if (!has(key) || !json_.find(key)->is_object()) return text(key);
    JsonFields wrapped(inner(key), place_of(key), faults_);
    const auto decoded = bytes_of_hex(wrapped.text("hex"));
    wrapped.close();
    if (!decoded) fault(key, "hex must be pairs of hexadecimal digits");
    return decoded.value_or(std::string());
}

std::vector<std::string> JsonFields::texts(std::string_view key) {
    std::vector<std::string> texts;
    each(key, [&](const Json& element, const std::string& place) {
        if (element.is_string())
            texts.push_back(element.get<std::string>());
        else
            faults_.push_back(place + ": must be a string");
    });
    return texts;
}

const JsonFields::Json& JsonFields::inner(std::string_view key) {
    const auto* value = field(key);
    return value ? *value : null_json;
}

void JsonFields::close() {
    if (!json_.is_object()) return;
    for (const auto& [key, value] : json_.items())
        if (std::ranges::find(asked_, key) == asked_.end())
            fault(key, "is not a key of this place");
}

}  // namespace clockwright
