#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>

#include "daemon/ntp_conf.h"
#include "daemon/ntp_words.h"
#include "time/address.h"

namespace clockwright::ntp_conf {
namespace {

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
    Flag{"nts", &SourceLine::nts},           Flag{"iburst", &SourceLine::iburst},
    Flag{"burst", &SourceLine::burst},       Flag{"prefer", &SourceLine::prefer},
    Flag{"noselect", &SourceLine::noselect},
};

/// Beyond its limits ntpd takes the limit.
struct Integer {
    std::string_view word;
    std::optional<int> SourceLine::* field;
    int lowest, highest;
};
constexpr std::array integers{Integer{"minpoll", &SourceLine::minpoll, 0, 17},
                              Integer{"maxpoll", &SourceLine::maxpoll, 0, 17},
                              Integer{"version", &SourceLine::version, 1, 7}};

constexpr std::uint32_t highest_key = 65535;

/// What NTPsec or classic ntpd knows besides, and whether a value follows. `require` is one of
/// NTPsec's for NTS and not chrony's.
struct Foreign {
    std::string_view word;
    bool has_value;
};
constexpr std::array foreign_words{
    Foreign{"mode", true},   Foreign{"ttl", true},      Foreign{"ca", true},
    Foreign{"cert", true},   Foreign{"aead", true},     Foreign{"ask", true},
    Foreign{"expire", true}, Foreign{"require", true},  Foreign{"true", false},
    Foreign{"noval", false}, Foreign{"preempt", false}, Foreign{"autokey", false},
    Foreign{"xleave", false}};

template <class T>
std::optional<T> number(std::string_view word) {
    T value{};
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
    return value;
}

std::string_view without_plus(std::string_view word) {
    return word.starts_with('+') && !word.starts_with("+-") ? word.substr(1) : word;
}

/// Never with an exponent: without a point ntpd takes that for a name.
std::string decimal(double value) {
    std::array<char, 400> text;
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    return {text.data(), end.ptr};
}

template <class Table>
auto find_word(const Table& table, std::string_view word) {
    return std::ranges::find_if(table, [&](const auto& row) { return row.word == word; });
}

/// Takes the options of one line in order.
class Options {
  public:
    Options(SourceLine& line, std::span<const std::string> words, std::vector<std::string>* faults)
        : line_(line), words_(words), faults_(faults) {}

    void take() {
        while (!words_.empty()) {
            const std::string& option = words_.front();
            words_ = words_.subspan(1);
            take_one(option);
        }
    }

  private:
    void take_one(const std::string& option) {
        if (const auto flag = find_word(flags, option); flag != flags.end())
            line_.*flag->field = true;
        else if (const auto row = find_word(integers, option); row != integers.end())
            take_integer(*row);
        else if (option == "key")
            take_key();
        else if (option == "bias")
            take_bias();
        else if (const auto other = find_word(foreign_words, option); other != foreign_words.end())
            take_foreign(*other);
        else
            take_unknown(option);
    }

    void take_integer(const Integer& row) {
        const auto word = value_of(row.word);
        if (!word) return;
        const auto value = number<std::int64_t>(*word);
        if (!value) return refuse(row.word, *word);
        const auto limited = std::clamp<std::int64_t>(*value, row.lowest, row.highest);
        if (limited != *value) note(fmt::format("{} {} is taken as {}", row.word, *value, limited));
        line_.*row.field = static_cast<int>(limited);
    }

    void take_key() {
        const auto word = value_of("key");
        if (!word) return;
        const auto value = number<std::uint32_t>(*word);
        if (!value || *value == 0 || *value > highest_key) return refuse("key", *word);
        line_.key = value;
    }

    void take_bias() {
        const auto word = value_of("bias");
        if (!word) return;
        const auto value = number<double>(without_plus(*word));
        if (!value || !std::isfinite(*value)) return refuse("bias", *word);
        line_.offset = value;
    }

    void take_foreign(const Foreign& row) {
        if (!row.has_value) return line_.unknown_options.emplace_back(row.word), void();
        if (const auto value = value_of(row.word))
            line_.unknown_options.push_back(fmt::format("{} {}", row.word, quoted(*value)));
    }

    void take_unknown(const std::string& option) {
        line_.unknown_options.push_back(quoted(option));
        for (const auto& word : words_) line_.unknown_options.push_back(quoted(word));
        words_ = {};
        note(fmt::format("unknown option {}; ntpd reads the line up to there", option));
    }

    /// Empty, and a fault, at the end of the line.
    std::optional<std::string> value_of(std::string_view option) {
        if (words_.empty()) {
            line_.unknown_options.emplace_back(option);
            note(fmt::format("option {} has no value; ntpd drops the line", option));
            return std::nullopt;
        }
        const std::string& value = words_.front();
        words_ = words_.subspan(1);
        return value;
    }

    void refuse(std::string_view option, const std::string& value) {
        line_.unknown_options.push_back(fmt::format("{} {}", option, quoted(value)));
        note(fmt::format("option {} cannot be {}; ntpd drops the line", option, value));
    }

    void note(std::string fault) {
        if (faults_) faults_->push_back(std::move(fault));
    }

    SourceLine& line_;
    std::span<const std::string> words_;
    std::vector<std::string>* faults_;
};

bool is_bracketed(std::string_view name) {
    if (name.size() < 3 || !name.starts_with('[') || !name.ends_with(']')) return false;
    const auto address = parse_address(name.substr(1, name.size() - 2));
    return address && address->family == Family::ipv6;
}

std::string without_brackets(const std::string& name) {
    return is_bracketed(name) ? name.substr(1, name.size() - 2) : name;
}

/// "name:4461" as both; empty when there is no port behind the name.
struct NameAndPort {
    std::string name;
    int port = 0;
};
std::optional<NameAndPort> split_port(const std::string& name) {
    const std::size_t colon = name.rfind(':');
    if (colon == std::string::npos || colon == 0 || parse_address(name)) return std::nullopt;
    const auto port = number<std::uint16_t>(std::string_view(name).substr(colon + 1));
    if (!port || *port == 0) return std::nullopt;
    return NameAndPort{name.substr(0, colon), *port};
}

/// After the options, as `nts` decides what a port means.
void settle_name(SourceLine& line, std::vector<std::string>* faults) {
    if (const auto split = split_port(line.name); split && line.nts) {
        line.name = split->name;
        line.ntsport = split->port;
    } else if (split && faults) {
        faults->push_back(fmt::format("ntpd has no port here and takes {} for a name", line.name));
    }
    line.name = without_brackets(line.name);
}

std::string name_and_port(const SourceLine& line) {
    if (!line.nts || !line.ntsport) return quoted(line.name);
    const auto address = parse_address(line.name);
    const bool brackets = address && address->family == Family::ipv6;
    return quoted(fmt::format("{}{}{}:{}", brackets ? "[" : "", line.name, brackets ? "]" : "",
                              *line.ntsport));
}

}  // namespace

std::string name_without_port(const std::string& name) {
    const auto split = split_port(name);
    return without_brackets(split ? split->name : name);
}

std::optional<SourceLine> parse_source_line(std::string_view text,
                                            std::vector<std::string>* faults) {
    const auto found = words(text);
    if (found.empty() || is_refclock(found)) return std::nullopt;
    const auto type = find_word(type_words, found[0]);
    if (type == type_words.end()) return std::nullopt;
    SourceLine line;
    line.type = type->type;
    std::size_t at = 1;
    for (; at < found.size() && (found[at] == "-4" || found[at] == "-6"); ++at)
        (found[at] == "-4" ? line.ipv4 : line.ipv6) = true;
    if (at == found.size()) {
        if (faults) faults->push_back(fmt::format("{} without a name", type->word));
        return std::nullopt;
    }
    line.name = found[at];
    Options(line, std::span(found).subspan(at + 1), faults).take();
    settle_name(line, faults);
    return line;
}

std::string render(const SourceLine& line) {
    const auto type = std::ranges::find(type_words, line.type, &TypeWord::type);
    std::string text(type->word);
    const auto append = [&text](auto&&... parts) { ((text += ' ', text += parts), ...); };
    if (line.ipv4) append("-4");
    if (line.ipv6) append("-6");
    append(name_and_port(line));
    for (const auto& row : flags)
        if (line.*row.field) append(row.word);
    for (const auto& row : integers)
        if (line.*row.field) append(row.word, fmt::to_string(*(line.*row.field)));
    if (line.key) append("key", fmt::to_string(*line.key));
    if (line.offset) append("bias", decimal(*line.offset));
    for (const auto& option : line.unknown_options) append(option);
    return text;
}

}  // namespace clockwright::ntp_conf
