#include "lab/table_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "time/spell.h"

namespace clockwright::lab {
namespace {

/// "-1.5ms": a duration with an optional sign.
std::optional<Seconds> parse_signed_duration(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    const auto length = parse_duration(text);
    if (length && negative) {
        return -*length;
    }
    return length;
}

}  // namespace

void Faults::add(std::uint32_t line, std::string_view key, std::string_view what) {
    const std::string_view colon = key.empty() ? "" : ": ";
    all_.push_back({.line = line, .sentence = fmt::format("{}{}{}", printable(key), colon, what)});
}

std::string Faults::text(std::string_view file_name) const {
    std::vector<Entry> sorted = all_;
    std::ranges::stable_sort(sorted, {}, &Entry::line);
    std::string text;
    for (const Entry& fault : sorted) {
        fmt::format_to(std::back_inserter(text), "{}{}:{}: {}", text.empty() ? "" : "\n", file_name,
                       fault.line, fault.sentence);
    }
    return text;
}

std::uint32_t line_of(const toml::node& node) {
    return std::max(node.source().begin.line, 1U);
}

TableReader::TableReader(const toml::table& table, std::string prefix, Faults& faults)
    : table_(table), prefix_(std::move(prefix)), faults_(faults) {}

std::optional<std::string> TableReader::text(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) {
        return std::nullopt;
    }
    auto value = node->value_exact<std::string>();
    if (!value) {
        fault(key, "is no text in quotation marks");
        return std::nullopt;
    }
    if (const std::string shown = printable(*value); shown != *value) {
        fault(key, fmt::format("\"{}\" has characters that cannot be shown", shown));
        return std::nullopt;
    }
    return value;
}

std::optional<double> TableReader::number(std::string_view key, double least, double most) {
    const toml::node* node = take(key);
    if (node == nullptr) {
        return std::nullopt;
    }
    const auto value = node->is_number() ? node->value<double>() : std::nullopt;
    if (!value) {
        fault(key, "is no number");
        return std::nullopt;
    }
    // Written so that NaN is outside too.
    if (!(*value >= least && *value <= most)) {
        fault(key, fmt::format("{} is not within {}–{}", *value, least, most));
        return std::nullopt;
    }
    return value;
}

std::optional<std::int64_t> TableReader::whole(std::string_view key, std::int64_t least,
                                               std::int64_t most) {
    const toml::node* node = take(key);
    if (node == nullptr) {
        return std::nullopt;
    }
    const auto value = node->value_exact<std::int64_t>();
    if (!value) {
        fault(key, "is no whole number");
        return std::nullopt;
    }
    if (*value < least || *value > most) {
        fault(key, fmt::format("{} is not within {}–{}", *value, least, most));
        return std::nullopt;
    }
    return value;
}

std::optional<Seconds> TableReader::duration(std::string_view key, Seconds least, Seconds most) {
    const auto written = text(key);
    if (!written) {
        return std::nullopt;
    }
    const auto value = parse_signed_duration(*written);
    if (!value) {
        fault(key, fmt::format("\"{}\" is no duration such as \"10ms\"", *written));
        return std::nullopt;
    }
    if (*value < Seconds{0} && least >= Seconds{0}) {
        fault(key, fmt::format("\"{}\" is negative", *written));
        return std::nullopt;
    }
    if (!(*value >= least && *value <= most)) {
        fault(key, fmt::format("\"{}\" is more than {}", *written, spell_age(most)));
        return std::nullopt;
    }
    return value;
}

std::vector<const toml::table*> TableReader::tables(std::string_view key) {
    std::vector<const toml::table*> tables;
    const toml::node* node = take(key);
    if (node == nullptr) {
        return tables;
    }
    const toml::array* array = node->as_array();
    if (array == nullptr || !array->is_homogeneous(toml::node_type::table)) {
        fault(key, fmt::format("is to be written as [[{}]]", key));
        return tables;
    }
    for (const toml::node& element : *array) {
        tables.push_back(element.as_table());
    }
    return tables;
}

void TableReader::fault(std::string_view key, std::string_view what) {
    const toml::node* node = table_.get(key);
    const std::uint32_t line = line_of(node == nullptr ? table_ : *node);
    faults_.add(line, fmt::format("{}{}", prefix_, key), what);
}

void TableReader::finish() {
    for (const auto& [key, node] : table_) {
        if (std::ranges::find(known_, key.str()) == known_.end()) {
            fault(key.str(), "no such key");
        }
    }
}

const toml::node* TableReader::take(std::string_view key) {
    known_.push_back(key);
    return table_.get(key);
}

}  // namespace clockwright::lab
