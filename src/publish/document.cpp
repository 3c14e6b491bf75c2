#include "publish/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "publish/escape.h"
#include "publish/table.h"
#include "time/spell.h"

namespace clockwright {
namespace {

constexpr std::size_t page_width = 80;

std::string underlined(const std::string& text, char mark) {
    return text + "\n" + std::string(width_of(text), mark) + "\n";
}

/// What Markdown would take for its own, taken away.
std::string plain_markdown(std::string_view text) {
    std::string out;
    for (const char letter : printable(text)) {
        if (std::string_view("\\`*_[]<>|#").contains(letter)) out += '\\';
        out += letter;
    }
    return out;
}

std::string markdown_row(const std::vector<std::string>& cells) {
    std::string row = "|";
    for (const std::string& cell : cells) row += " " + plain_markdown(cell) + " |";
    return row + "\n";
}

std::string html_row(const std::vector<std::string>& cells, std::string_view tag) {
    std::string row = "<tr>";
    for (const std::string& cell : cells)
        row += fmt::format("<{0}>{1}</{0}>", tag, escape_html(printable(cell)));
    return row + "</tr>\n";
}

/// How many of the columns, from the first on, stand side by side on a line of a terminal.
std::size_t columns_that_fit(const DocumentTable& table) {
    std::size_t used = 0;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        std::size_t widest = width_of(table.columns[i]);
        for (const auto& row : table.rows) widest = std::max(widest, width_of(printable(row[i])));
        used += widest + (i == 0 ? 0 : 2);
        if (used > page_width) return std::max(i, std::size_t{1});
    }
    return table.columns.size();
}

/// What does not fit beside the others stands below them, wrapped and by its name; one that is a
/// whole sentence needs none.
std::string remark_of(const DocumentTable& table, const std::vector<std::string>& row,
                      std::size_t from) {
    constexpr std::size_t longest_word = 30;
    const bool alone = from + 1 == row.size();
    if (alone && width_of(printable(row[from])) > longest_word) return printable(row[from]);
    std::string remark;
    for (std::size_t i = from; i < row.size(); ++i)
        remark +=
            fmt::format("{}{}: {}", i == from ? "" : "; ", table.columns[i], printable(row[i]));
    return remark;
}

std::string table_text(const DocumentTable& table) {
    const std::size_t fitting = columns_that_fit(table);
    std::vector<Column> columns;
    for (const std::string& title : std::span(table.columns).first(fitting))
        columns.push_back({title});
    Table text(columns);
    for (const auto& row : table.rows) {
        std::vector<std::string> cells;
        for (const std::string& cell : std::span(row).first(fitting))
            cells.push_back(printable(cell));
        text.add(std::move(cells));
        if (fitting < row.size()) text.remark(remark_of(table, row, fitting));
    }
    return text.text();
}

}  // namespace

std::string document_text(const Document& document) {
    std::string text = underlined(printable(document.title), '=');
    for (const Section& section : document.sections) {
        text += "\n" + underlined(printable(section.heading), '-');
        for (const std::string& paragraph : section.paragraphs)
            text += wrap(printable(paragraph), 0);
        if (!section.table) continue;
        text += table_text(*section.table);
    }
    return text;
}

std::string document_markdown(const Document& document) {
    std::string text = "# " + plain_markdown(document.title) + "\n";
    for (const Section& section : document.sections) {
        text += "\n## " + plain_markdown(section.heading) + "\n";
        for (const std::string& paragraph : section.paragraphs)
            text += "\n" + plain_markdown(paragraph) + "\n";
        if (!section.table) continue;
        text += "\n" + markdown_row(section.table->columns) + "|";
        for (std::size_t i = 0; i < section.table->columns.size(); ++i) text += "---|";
        text += "\n";
        for (const auto& row : section.table->rows) text += markdown_row(row);
    }
    return text;
}

std::string document_html(const Document& document) {
    const std::string title = escape_html(printable(document.title));
    std::string text = fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{0}</title>\n"
        "<style>body{{font-family:sans-serif;max-width:60em;margin:2em auto}}"
        "svg{{max-width:100%;height:auto}}"
        "td,th{{text-align:left;padding:.2em .8em .2em 0}}</style>\n<h1>{0}</h1>\n",
        title);
    for (const Section& section : document.sections) {
        text += fmt::format("<h2>{}</h2>\n", escape_html(printable(section.heading)));
        for (const std::string& paragraph : section.paragraphs)
            text += fmt::format("<p>{}</p>\n", escape_html(printable(paragraph)));
        text += section.picture;
        if (!section.table) continue;
        text += "<table>\n" + html_row(section.table->columns, "th");
        for (const auto& row : section.table->rows) text += html_row(row, "td");
        text += "</table>\n";
    }
    return text + "</html>\n";
}

}  // namespace clockwright
