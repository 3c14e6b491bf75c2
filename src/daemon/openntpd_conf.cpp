#include "daemon/openntpd_conf.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "daemon/marks.h"
#include "time/address.h"
#include "time/spell.h"

namespace clockwright::openntpd {
namespace {

using Kind = Word::Kind;
using Words = std::span<const Word>;

constexpr std::array<std::string_view, 15> keywords{
    "constraint", "constraints", "correction", "from",    "listen",  "on",      "query", "refid",
    "rtable",     "sensor",      "server",     "servers", "stratum", "trusted", "weight"};

bool is_keyword(std::string_view text) {
    return std::ranges::find(keywords, text) != keywords.end();
}

/// A keyword stands without quotes; `trusted` was none in 6.2.
bool is(const Word& word, std::string_view keyword) {
    return word.kind == Kind::text && word.text == keyword;
}

bool is_string(const Word& word) {
    return word.kind == Kind::quoted ||
           (word.kind == Kind::text && (word.text == "trusted" || !is_keyword(word.text)));
}

std::optional<long> number_in(const Word& word, long least, long most) {
    long number = 0;
    const char* end = word.text.data() + word.text.size();
    const auto read = std::from_chars(word.text.data(), end, number);
    if (word.kind != Kind::number || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    if (number < least || number > most) return std::nullopt;
    return number;
}

struct NumberOption {
    std::string_view name;
    long least, most;
};
constexpr std::array server_numbers{NumberOption{"weight", 1, 10}};
constexpr std::array sensor_numbers{NumberOption{"correction", -127000000, 127000000},
                                    NumberOption{"weight", 1, 10}, NumberOption{"stratum", 1, 15}};

/// The options behind a name, each as "weight 5" or "trusted". Error: what is wrong with them.
std::expected<std::vector<std::string>, std::string> options_of(
    Words words, std::span<const NumberOption> numbers, bool with_refid) {
    std::vector<std::string> options;
    while (!words.empty()) {
        const auto& name = words[0];
        const auto option =
            std::ranges::find_if(numbers, [&](const auto& known) { return is(name, known.name); });
        const bool refid = with_refid && is(name, "refid");
        if (is(name, "trusted")) {
            options.emplace_back("trusted");
            words = words.subspan(1);
            continue;
        }
        if (option == numbers.end() && !refid)
            return std::unexpected(fmt::format("\"{}\" is not understood", printable(name.text)));
        if (words.size() < 2) return std::unexpected(fmt::format("{} says nothing", name.text));
        const auto& value = words[1];
        if (refid) {
            if (!is_string(value) || value.text.empty() || value.text.size() > 4)
                return std::unexpected("refid must be 1 to 4 characters");
        } else if (!number_in(value, option->least, option->most)) {
            return std::unexpected(fmt::format("{} must be between {} and {}", option->name,
                                               option->least, option->most));
        }
        options.push_back(fmt::format("{} {}", name.text, value.text));
        words = words.subspan(2);
    }
    return options;
}

/// What a directive other than a source says.
struct Rule {
    std::string_view first, second;  ///< "listen", "on"; the second may be missing
    std::string (*fault)(Words rest);
};

std::string name_fault(Words rest) {
    if (!rest.empty() && is_string(rest[0])) return {};
    return rest.empty() ? "it names nothing"
                        : fmt::format("\"{}\" is no name", printable(rest[0].text));
}

std::string listen_fault(Words rest) {
    if (auto fault = name_fault(rest); !fault.empty() || rest.size() == 1) return fault;
    const bool table = rest.size() == 3 && is(rest[1], "rtable") && number_in(rest[2], 0, 255);
    return table ? "" : fmt::format("\"{}\" is not understood", printable(rest[1].text));
}

std::string query_fault(Words rest) {
    if (auto fault = name_fault(rest); !fault.empty()) return fault;
    if (!parse_address(rest[0].text))
        return fmt::format("{} is no address", printable(rest[0].text));
    return rest.size() == 1 ? "" : fmt::format("\"{}\" is not understood", printable(rest[1].text));
}

std::string sensor_fault(Words rest) {
    if (auto fault = name_fault(rest); !fault.empty()) return fault;
    const auto options = options_of(rest.subspan(1), sensor_numbers, true);
    return options ? "" : options.error();
}

/// Newer versions take addresses behind it.
std::string constraint_fault(Words rest) {
    if (auto fault = name_fault(rest); !fault.empty()) return fault;
    for (const auto& word : rest.subspan(1))
        if (!is_string(word) && word.text != ",")
            return fmt::format("\"{}\" is not understood", printable(word.text));
    return {};
}

constexpr std::array rules{Rule{"listen", "on", listen_fault}, Rule{"query", "from", query_fault},
                           Rule{"sensor", "", sensor_fault},
                           Rule{"constraint", "from", constraint_fault},
                           Rule{"constraints", "from", constraint_fault}};

bool names_source(Words words) {
    return !words.empty() && (is(words[0], "server") || is(words[0], "servers"));
}

std::expected<SourceLine, std::string> source_of(Words words) {
    if (auto fault = name_fault(words.subspan(1)); !fault.empty()) return std::unexpected(fault);
    if (words[1].text.empty()) return std::unexpected("it names nothing");
    auto options = options_of(words.subspan(2), server_numbers, false);
    if (!options) return std::unexpected(options.error());
    SourceLine line;
    line.type = is(words[0], "servers") ? SourceLine::Type::pool : SourceLine::Type::server;
    line.name = words[1].text;
    line.unknown_options = std::move(*options);
    return line;
}

class Reader {
  public:
    Reader(DaemonConfig& config, LineRange ours) : config_(config), ours_(ours) {}

    void take(const Statement& statement) {
        const Words words = statement.words;
        if (!statement.fault.empty()) return fault(statement, statement.fault);
        if (names_source(words))
            add_source(statement);
        else
            add_directive(statement);
    }

  private:
    void fault(const Statement& statement, std::string_view text) {
        config_.faults.push_back(fmt::format("{}:{}: {}", config_.main_file, statement.line, text));
    }

    void add_source(const Statement& statement) {
        auto line = source_of(statement.words);
        if (!line) return fault(statement, line.error());
        line->file = config_.main_file;
        line->line = statement.line;
        line->last_line = statement.last_line > statement.line ? statement.last_line : 0;
        line->ours = ours_.contains(statement.line);
        config_.sources.push_back(std::move(*line));
    }

    void add_directive(const Statement& statement) {
        Words words = statement.words;
        const auto rule = std::ranges::find_if(
            rules, [&](const auto& known) { return is(words[0], known.first); });
        if (rule == rules.end())
            return fault(statement,
                         fmt::format("\"{}\" is no directive", printable(words[0].text)));
        words = words.subspan(1);
        if (!rule->second.empty()) {
            if (words.empty() || !is(words[0], rule->second))
                return fault(statement,
                             fmt::format("{} is followed by {}", rule->first, rule->second));
            words = words.subspan(1);
        }
        if (auto why = rule->fault(words); !why.empty()) return fault(statement, why);
        const bool sensor = rule->first == "sensor";
        Directive directive{.name = sensor ? "refclock" : std::string(rule->first),
                            .arguments = {},
                            .file = config_.main_file,
                            .line = statement.line};
        for (const auto& word : words) directive.arguments.push_back(word.text);
        config_.directives.push_back(std::move(directive));
    }

    DaemonConfig& config_;
    LineRange ours_;
};

bool serves_others(const DaemonConfig& config) {
    return std::ranges::any_of(config.all("listen"), [](const Directive* listen) {
        const auto address = parse_address(listen->arguments.front());
        return !address || !address->is_loopback();
    });
}

/// Whether the scanner gives the word back as one piece of text.
bool needs_no_quotes(std::string_view word) {
    const auto found = statements(std::string(word) + "\n");
    return found.size() == 1 && found[0].words.size() == 1 && found[0].fault.empty() &&
           found[0].words[0].kind == Kind::text && found[0].words[0].text == word &&
           !is_keyword(word);
}

std::string quoted(std::string_view word) {
    if (needs_no_quotes(word)) return std::string(word);
    std::string text = "\"";
    for (const char c : word) {
        if (c == '"') text += '\\';
        text += c;
    }
    return text + "\"";
}

}  // namespace

std::optional<SourceLine> parse_source_line(std::string_view text,
                                            std::vector<std::string>* faults) {
    const auto found = statements(std::string(text) + "\n");
    if (found.size() != 1 || !names_source(found[0].words)) return std::nullopt;
    auto line =
        found[0].fault.empty() ? source_of(found[0].words) : std::unexpected(found[0].fault);
    if (line) return std::move(*line);
    if (faults) faults->push_back(line.error());
    return std::nullopt;
}

std::string render(const SourceLine& line) {
    std::string text = fmt::format(
        "{} {}", line.type == SourceLine::Type::pool ? "servers" : "server", quoted(line.name));
    for (const auto& option : line.unknown_options)
        if (option == "trusted" || option.starts_with("weight ")) text += " " + option;
    return text;
}

Result<DaemonConfig> parse(const std::string& main_file, const ConfigFiles& files) {
    DaemonConfig config;
    config.kind = DaemonKind::openntpd;
    config.main_file = config.own_file = main_file;
    const std::string content = TRY(files.read(main_file));
    config.files.push_back(main_file);
    Reader reader(config, block_range(content));
    for (const auto& statement : statements(content)) reader.take(statement);
    config.serves_time = serves_others(config);
    return config;
}

}  // namespace clockwright::openntpd
