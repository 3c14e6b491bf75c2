/// Rows and columns for a terminal: aligned by what is seen, never wider than 80 columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace clockwright {

enum class Align { left, right };

inline constexpr std::size_t whole_width = 80;

struct Column {
    std::string title;
    Align align = Align::left;
    /// Longer cells are cut in the middle with "…". A column that says a limit is cut further where
    /// the whole would be too wide, the widest first.
    std::size_t most = whole_width;
};

/// How many columns the text takes: code points, not octets.
std::size_t width_of(std::string_view text);

/// At most `most` columns; what is cut is replaced by "…" in the middle.
std::string shorten(std::string_view text, std::size_t most);

/// Broken at spaces so that no line is wider than `width`, each line after `indent` spaces.
std::string wrap(std::string_view text, std::size_t indent, std::size_t width = whole_width);

/// A sentence, wrapped, and after its first newline lines that stay as they are.
std::string wrap_sentence(std::string_view text, std::string_view after_sentence = {});

/// How a line is meant; shown as a colour on terminals only.
enum class Tone { plain, good, warning, bad };

/// `line` (with or without its newline) in the colour of its tone; as it is when plain.
std::string toned(std::string_view line, Tone tone);

class Table {
  public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    void add(std::vector<std::string> cells, Tone tone = Tone::plain) {
        rows_.push_back({std::move(cells), {}, tone});
    }
    /// A remark below the last row, wrapped and indented.
    void remark(std::string text) { rows_.back().remark = std::move(text); }

    /// Titles first, when there is one; every line ends with a newline, none with blanks.
    std::string text(bool colour = false) const;

  private:
    struct Row {
        std::vector<std::string> cells;
        std::string remark;
        Tone tone = Tone::plain;
    };
    std::vector<std::size_t> widths() const;

    std::vector<Column> columns_;
    std::vector<Row> rows_;
};

}  // namespace clockwright
