#include "watch/toml_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "time/spell.h"

namespace clockwright {
namespace {

constexpr std::size_t longest_text = 1000;

/// A number, true or false for 1 and 0, or "50ms" for seconds.
std::optional<double> number_of(const toml::node& node) {
    if (const auto* flag = node.as_boolean()) return flag->get() ? 1 : 0;
    if (const auto* whole = node.as_integer()) return static_cast<double>(whole->get());
    if (const auto* real = node.as_floating_point())
        return std::isfinite(real->get()) ? std::optional{real->get()} : std::nullopt;
    const auto* text = node.as_string();
    const auto duration = text != nullptr ? parse_duration(text->get()) : std::nullopt;
    return duration ? std::optional{duration->count()} : std::nullopt;
}

}  // namespace

void TomlFields::fault(std::string_view key, std::string_view what) {
    const toml::node* node = table_.get(key);
    const auto& where = node == nullptr ? table_.source() : node->source();
    faults_.push_back(
        fmt::format("{}:{}: {}.{}: {}", file_, where.begin.line, place_, printable(key), what));
}

void TomlFields::take(std::string_view key,
                      const std::function<std::string(const toml::node&)>& read) {
    known_.emplace_back(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    if (const std::string wrong = read(*node); !wrong.empty()) fault(key, wrong);
}

void TomlFields::take_text(std::string_view key, std::optional<std::string>& target,
                           const std::function<std::string(const std::string&)>& check) {
    take(key, [&](const toml::node& node) -> std::string {
        const auto* text = node.as_string();
        if (text == nullptr) return "must be a string";
        if (text->get().size() > longest_text) return "is longer than 1000 octets";
        if (check) {
            if (std::string wrong = check(text->get()); !wrong.empty()) return wrong;
        }
        target = text->get();
        return {};
    });
}

void TomlFields::take_number(std::string_view key, std::optional<double>& target) {
    take(key, [&](const toml::node& node) -> std::string {
        target = number_of(node);
        return target ? std::string{} : "must be a number, or a duration like \"50ms\"";
    });
}

void TomlFields::take_flag(std::string_view key, std::optional<bool>& target) {
    take(key, [&](const toml::node& node) -> std::string {
        const auto* flag = node.as_boolean();
        if (flag == nullptr) return "must be true or false";
        target = flag->get();
        return {};
    });
}

void TomlFields::close() {
    for (const auto& [key, node] : table_) {
        if (std::ranges::find(known_, key.str()) == known_.end()) fault(key.str(), "no such key");
    }
}

}  // namespace clockwright
