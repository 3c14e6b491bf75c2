// statements() of openntpd_conf.h: how OpenNTPD takes its configuration apart.

#include <fmt/format.h>

#include <algorithm>

#include "daemon/openntpd_conf.h"
#include "time/spell.h"

namespace clockwright::openntpd {
namespace {

constexpr int end_of_file = -1;

bool is_digit(int c) {
    return c >= '0' && c <= '9';
}

bool is_letter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
}

bool begins_word(int c) {
    return is_letter(c) || c == ':' || c == '_' || c == '*';
}

bool continues_word(int c) {
    constexpr std::string_view signs = "(){}<>!=/#,";
    return c > ' ' && c < 127 && !signs.contains(static_cast<char>(c));
}

class Scanner {
  public:
    explicit Scanner(std::string_view content) : rest_(content) {}

    std::vector<Statement> run() {
        while (!rest_.empty()) scan_statement();
        return std::move(found_);
    }

  private:
    /// The next character outside of quotes: a backslash before the end of a line takes both away,
    /// before anything else only itself. Tells how much of `rest_` that was.
    struct Seen {
        int character = end_of_file;
        std::size_t length = 0;
        int lines = 0;
    };
    Seen look() const {
        Seen seen;
        auto rest = rest_;
        while (rest.starts_with("\\\n")) {
            rest.remove_prefix(2);
            seen.length += 2;
            ++seen.lines;
        }
        if (rest.starts_with('\\')) {
            rest.remove_prefix(1);
            ++seen.length;
        }
        if (rest.empty()) return seen;
        seen.character = static_cast<unsigned char>(rest.front());
        ++seen.length;
        return seen;
    }
    void take(const Seen& seen) {
        rest_.remove_prefix(seen.length);
        line_ += seen.lines;
    }

    void scan_statement() {
        Statement statement;
        bool ended = false;
        while (!ended) {
            const auto seen = look();
            const int c = seen.character;
            if (c == end_of_file) {
                rest_ = {};
                break;
            }
            if (c == '\n') {
                take(seen);
                statement.last_line = line_++;
                ended = true;
            } else if (c == ' ' || c == '\t') {
                take(seen);
            } else if (c == '#') {
                skip_comment();
            } else {
                if (statement.words.empty()) statement.line = line_ + seen.lines;
                take_word(seen, statement);
                if (!statement.fault.empty()) skip_comment();
            }
        }
        if (statement.words.empty() && statement.fault.empty()) return;
        if (!ended) {
            statement.last_line = line_;
            if (statement.fault.empty())
                statement.fault = "the last line has no newline, which OpenNTPD 6.2 does not take";
        }
        found_.push_back(std::move(statement));
    }

    /// Up to the end of the line, which stays.
    void skip_comment() {
        for (auto seen = look(); seen.character != '\n'; seen = look()) {
            if (seen.character == end_of_file) {
                rest_ = {};
                return;
            }
            take(seen);
        }
    }

    void take_word(const Seen& first, Statement& statement) {
        Word word;
        if (first.character == '"' || first.character == '\'') {
            take(first);
            word.kind = Word::Kind::quoted;
            if (!take_quoted(static_cast<char>(first.character), word.text))
                statement.fault = "a quote is not closed";
        } else if (begins_word(first.character) || first.character == '-') {
            take_plain(word.text);
            word.kind = kind_of(word.text);
        } else {
            take(first);
            word.kind = Word::Kind::sign;
            word.text = static_cast<char>(first.character);
            // A comma is of newer versions' lists; nothing else stands for itself.
            if (first.character != ',')
                statement.fault = fmt::format("'{}' is not understood", printable(word.text));
        }
        statement.words.push_back(std::move(word));
    }

    void take_plain(std::string& text) {
        for (auto seen = look(); continues_word(seen.character); seen = look()) {
            text += static_cast<char>(seen.character);
            take(seen);
        }
    }

    static Word::Kind kind_of(std::string_view text) {
        const auto digits = text.starts_with('-') ? text.substr(1) : text;
        if (!digits.empty() && std::ranges::all_of(digits, is_digit)) return Word::Kind::number;
        return text.starts_with('-') ? Word::Kind::sign : Word::Kind::text;
    }

    /// In quotes the end of a line vanishes, and a backslash speaks for its quote only.
    bool take_quoted(char quote, std::string& text) {
        while (!rest_.empty()) {
            const char c = rest_.front();
            rest_.remove_prefix(1);
            if (c == quote) return true;
            if (c == '\n') {
                ++line_;
            } else if (c == '\\' && rest_.starts_with('\n')) {
                rest_.remove_prefix(1);
                ++line_;
            } else if (c == '\\' && rest_.starts_with(quote)) {
                rest_.remove_prefix(1);
                text += quote;
            } else {
                text += c;
            }
        }
        return false;
    }

    std::string_view rest_;
    int line_ = 1;
    std::vector<Statement> found_;
};

}  // namespace

std::vector<Statement> statements(std::string_view content) {
    return Scanner(content).run();
}

}  // namespace clockwright::openntpd
