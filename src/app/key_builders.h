/// How the rows of the table of keys are made, one kind of value each.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "app/config_keys.h"
#include "time/spell.h"

namespace clockwright::app {

/// What is wrong with one text; empty: nothing.
using Part = std::function<std::string(const std::string&)>;

/// As TOML writes it.
std::string quoted(const std::string& text);
std::string list_text(const std::vector<std::string>& items);
/// "90s", "250ms": what parse_duration reads.
std::string duration_text(Seconds duration);

Part one_of(std::vector<std::string> words);
std::string absolute_path(const std::string& text);
/// Or empty: off.
std::string optional_path(const std::string& text);

/// `member` gives a Config's place for the value.
template <class Member>
Key text_key(std::string section, std::string name, std::string comment, Member member,
             const Part& check) {
    return {std::move(section), std::move(name), std::move(comment),
            [member, check](Config& config, const Value& value) -> std::string {
                const auto* text = std::get_if<std::string>(&value);
                if (text == nullptr) return "must be a string";
                if (auto wrong = check(*text); !wrong.empty()) return wrong;
                member(config) = *text;
                return {};
            },
            [member](const Config& config) { return quoted(member(config)); }};
}

template <class Member>
Key list_key(std::string section, std::string name, std::string comment, Member member,
             const Part& check) {
    return {std::move(section), std::move(name), std::move(comment),
            [member, check](Config& config, const Value& value) -> std::string {
                const auto* list = std::get_if<std::vector<std::string>>(&value);
                if (list == nullptr) return "must be a list of strings";
                for (const std::string& item : *list) {
                    if (auto wrong = check(item); !wrong.empty()) return wrong;
                }
                member(config) = *list;
                return {};
            },
            [member](const Config& config) { return list_text(member(config)); }};
}

template <class Member>
Key bool_key(std::string section, std::string name, std::string comment, Member member) {
    return {std::move(section), std::move(name), std::move(comment),
            [member](Config& config, const Value& value) -> std::string {
                const auto* flag = std::get_if<bool>(&value);
                if (flag == nullptr) return "must be true or false";
                member(config) = *flag;
                return {};
            },
            [member](const Config& config) {
                return member(config) ? std::string("true") : std::string("false");
            }};
}

template <class Member>
Key int_key(std::string section, std::string name, std::string comment, Member member, int low,
            int high) {
    return {std::move(section), std::move(name), std::move(comment),
            [member, low, high](Config& config, const Value& value) -> std::string {
                const auto* number = std::get_if<std::int64_t>(&value);
                if (number == nullptr) return "must be a whole number";
                if (*number < low || *number > high) {
                    return fmt::format("{} is not within {} and {}", *number, low, high);
                }
                member(config) = static_cast<int>(*number);
                return {};
            },
            [member](const Config& config) { return std::to_string(member(config)); }};
}

struct DurationLimits {
    Seconds low, high;
    bool zero = false;  ///< 0s too
};

template <class Member>
Key duration_key(std::string section, std::string name, std::string comment, Member member,
                 DurationLimits limits) {
    return {std::move(section), std::move(name), std::move(comment),
            [member, limits](Config& config, const Value& value) -> std::string {
                const auto* text = std::get_if<std::string>(&value);
                const auto duration = text != nullptr ? parse_duration(*text) : std::nullopt;
                if (!duration) return "must be a duration like \"60s\"";
                const bool zero = limits.zero && duration->count() == 0;
                if (!zero && (*duration < limits.low || *duration > limits.high)) {
                    return fmt::format("must lie between {} and {}{}", duration_text(limits.low),
                                       duration_text(limits.high), limits.zero ? ", or be 0s" : "");
                }
                member(config) = *duration;
                return {};
            },
            [member](const Config& config) { return quoted(duration_text(member(config))); }};
}

}  // namespace clockwright::app
