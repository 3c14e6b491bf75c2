#include "daemon/chrony_source_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <span>
#include <utility>

namespace clockwright::chrony {
namespace {

constexpr std::string_view white_space = " \t\n\v\f\r";
constexpr std::string_view comment_signs = "!;#%";

struct TypeWord {
    std::string_view word;
    SourceLine::Type type;
};
constexpr std::array type_words{TypeWord{"server", SourceLine::Type::server},
                                TypeWord{"peer", SourceLine::Type::peer},
                                TypeWord{"pool", SourceLine::Type::pool}};

struct Flag {
    std::string_view word;
    bool SourceLine::* field;
};
constexpr std::array flags{
    Flag{"iburst", &SourceLine::iburst},   Flag{"burst", &SourceLine::burst},
    Flag{"prefer", &SourceLine::prefer},   Flag{"noselect", &SourceLine::noselect},
    Flag{"trust", &SourceLine::trust},     Flag{"require", &SourceLine::require},
    Flag{"nts", &SourceLine::nts},         Flag{"xleave", &SourceLine::xleave},
    Flag{"offline", &SourceLine::offline}, Flag{"auto_offline", &SourceLine::auto_offline},
    Flag{"copy", &SourceLine::copy},       Flag{"ipv4", &SourceLine::ipv4},
    Flag{"ipv6", &SourceLine::ipv6},
};

struct Integer {
    std::string_view word;
    std::optional<int> SourceLine::* field;
    int lowest = std::numeric_limits<int>::min();
    int highest = std::numeric_limits<int>::max();
};
constexpr std::array integers{
    Integer{"minpoll", &SourceLine::minpoll},
    Integer{"maxpoll", &SourceLine::maxpoll},
    Integer{"maxsources", &SourceLine::maxsources},
    Integer{"polltarget", &SourceLine::polltarget},
    Integer{"presend", &SourceLine::presend},
    Integer{"minstratum", &SourceLine::minstratum},
    Integer{"minsamples", &SourceLine::minsamples},
    Integer{"maxsamples", &SourceLine::maxsamples},
    Integer{"maxunreach", &SourceLine::maxunreach},
    Integer{"ntsport", &SourceLine::ntsport, 1, 65535},
    Integer{"version", &SourceLine::version, 1, 4},
    Integer{"filter", &SourceLine::filter},
};

struct Number {
    std::string_view word;
    std::optional<std::uint32_t> SourceLine::* field;
    std::uint32_t lowest;
};
constexpr std::array numbers{Number{"key", &SourceLine::key, 1},
                             Number{"certset", &SourceLine::certset, 0}};

struct Real {
    std::string_view word;
    std::optional<double> SourceLine::* field;
};
constexpr std::array reals{
    Real{"maxdelay", &SourceLine::maxdelay},
    Real{"maxdelayratio", &SourceLine::maxdelayratio},
    Real{"maxdelaydevratio", &SourceLine::maxdelaydevratio},
    Real{"maxdelayquant", &SourceLine::maxdelayquant},
    Real{"mindelay", &SourceLine::mindelay},
    Real{"asymmetry", &SourceLine::asymmetry},
    Real{"offset", &SourceLine::offset},
};

/// Extension fields are told by their type in hex.
struct ExtensionField {
    std::string_view type;
    bool SourceLine::* field;
};
constexpr std::array extension_fields{ExtensionField{"F323", &SourceLine::mono_root},
                                      ExtensionField{"F324", &SourceLine::net_correction}};

/// A whole word as a number within limits; a leading '+' is allowed, as chronyd's scanf does.
template <class T>
std::optional<T> number(std::string_view word, T lowest, T highest) {
    if (word.starts_with('+') && !word.starts_with("+-")) word.remove_prefix(1);
    T value{};
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
    if (!(value >= lowest && value <= highest)) return std::nullopt;  // NaN fails too
    return value;
}

template <class Table>
auto find_word(const Table& table, std::string_view word) {
    return std::ranges::find_if(table, [&](const auto& row) { return same_word(row.word, word); });
}

/// What became of an option that takes a value.
enum class Taken { no_such_option, bad_value, taken };

template <class T>
Taken take(std::optional<T>& field, std::optional<T> value) {
    if (!value) return Taken::bad_value;
    field = value;
    return Taken::taken;
}

Taken take_extension_field(SourceLine& line, std::string_view value) {
    const auto row = std::ranges::find_if(
        extension_fields, [&](const auto& known) { return same_word(known.type, value); });
    if (row == extension_fields.end()) return Taken::bad_value;
    line.*row->field = true;
    return Taken::taken;
}

Taken take_value(SourceLine& line, std::string_view option, std::string_view value) {
    if (const auto row = find_word(integers, option); row != integers.end())
        return take(line.*row->field, number(value, row->lowest, row->highest));
    if (const auto row = find_word(reals, option); row != reals.end())
        return take(line.*row->field, number(value, std::numeric_limits<double>::lowest(),
                                             std::numeric_limits<double>::max()));
    if (const auto row = find_word(numbers, option); row != numbers.end())
        return take(line.*row->field,
                    number(value, row->lowest, std::numeric_limits<std::uint32_t>::max()));
    if (same_word(option, "extfield")) return take_extension_field(line, value);
    if (same_word(option, "port")) {
        const auto port = number<std::uint16_t>(value, 1, 65535);
        if (!port) return Taken::bad_value;
        line.port = *port;
        return Taken::taken;
    }
    return Taken::no_such_option;
}

void note(std::vector<std::string>* faults, std::string fault) {
    if (faults) faults->push_back(std::move(fault));
}

void take_options(SourceLine& line, std::span<const std::string_view> options,
                  std::vector<std::string>* faults) {
    for (std::size_t i = 0; i < options.size(); ++i) {
        const std::string_view option = options[i];
        if (const auto flag = find_word(flags, option); flag != flags.end()) {
            line.*flag->field = true;
            continue;
        }
        const bool last = i + 1 == options.size();
        const std::string_view value = last ? std::string_view{} : options[i + 1];
        switch (take_value(line, option, value)) {
            case Taken::taken:
                ++i;
                break;
            case Taken::no_such_option:
                line.unknown_options.emplace_back(option);
                note(faults, fmt::format("unknown option {}", option));
                break;
            case Taken::bad_value:
                line.unknown_options.push_back(last ? std::string(option)
                                                    : fmt::format("{} {}", option, value));
                note(faults, last ? fmt::format("option {} has no value", option)
                                  : fmt::format("option {} cannot be {}", option, value));
                ++i;
                break;
        }
    }
}

}  // namespace

bool is_comment(std::string_view line) {
    const std::size_t first = line.find_first_not_of(white_space);
    return first != std::string_view::npos && comment_signs.contains(line[first]);
}

std::vector<std::string_view> words(std::string_view line) {
    line = line.substr(0, line.find('\0'));
    if (is_comment(line)) return {};
    std::vector<std::string_view> found;
    for (;;) {
        const std::size_t first = line.find_first_not_of(white_space);
        if (first == std::string_view::npos) return found;
        line.remove_prefix(first);
        const std::string_view word = line.substr(0, line.find_first_of(white_space));
        found.push_back(word);
        line.remove_prefix(word.size());
    }
}

std::optional<SourceLine> parse_source_line(std::string_view text,
                                            std::vector<std::string>* faults) {
    const auto found = words(text);
    if (found.empty()) return std::nullopt;
    const auto type = find_word(type_words, found[0]);
    if (type == type_words.end()) return std::nullopt;
    if (found.size() < 2) {
        note(faults, fmt::format("{} directive without a name", type->word));
        return std::nullopt;
    }
    SourceLine line;
    line.type = type->type;
    line.name = found[1];
    take_options(line, std::span(found).subspan(2), faults);
    return line;
}

std::string render(const SourceLine& line) {
    const auto type = std::ranges::find(type_words, line.type, &TypeWord::type);
    std::string text = fmt::format("{} {}", type->word, line.name);
    const auto append = [&text](auto&&... words) { ((text += ' ', text += words), ...); };
    if (line.port != 123) append("port", fmt::to_string(line.port));
    for (const auto& row : flags)
        if (line.*row.field) append(row.word);
    for (const auto& row : integers)
        if (line.*row.field) append(row.word, fmt::to_string(*(line.*row.field)));
    for (const auto& row : numbers)
        if (line.*row.field) append(row.word, fmt::to_string(*(line.*row.field)));
    for (const auto& row : reals)
        if (line.*row.field) append(row.word, fmt::to_string(*(line.*row.field)));
    for (const auto& row : extension_fields)
        if (line.*row.field) append("extfield", row.type);
    for (const auto& option : line.unknown_options) append(option);
    return text;
}

}  // namespace clockwright::chrony
