#include "publish/document.h"

#include <fmt/format.h>

#include <string_view>

#include "publish/escape.h"
#include "publish/table.h"
#include "time/spell.h"

namespace clockwright {
namespace {

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

}  // namespace

std::string document_text(const Document& document) {
    std::string text = underlined(printable(document.title), '=');
    for (const Section& section : document.sections) {
        text += "\n" + underlined(printable(section.heading), '-');
        for (const std::string& paragraph : section.paragraphs)
            text += wrap(printable(paragraph), 0);
        if (!section.table) continue;
        std::vector<Column> columns;
        for (const std::string& title : section.table->columns)
            columns.push_back({title, Align::left, 40});
        Table table(columns);
        for (const auto& row : section.table->rows) {
            std::vector<std::string> cells;
            for (const std::string& cell : row) cells.push_back(printable(cell));
            table.add(std::move(cells));
        }
        text += table.text();
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
        "td,th{{text-align:left;padding:.2em .8em .2em 0}}</style>\n<h1>{0}</h1>\n",
        title);
    for (const Section& section : document.sections) {
        text += fmt::format("<h2>{}</h2>\n", escape_html(printable(section.heading)));
        for (const std::string& paragraph : section.paragraphs)
            text += fmt::format("<p>{}</p>\n", escape_html(printable(paragraph)));
        if (!section.table) continue;
        text += "<table>\n" + html_row(section.table->columns, "th");
        for (const auto& row : section.table->rows) text += html_row(row, "td");
        text += "</table>\n";
    }
    return text + "</html>\n";
}

}  // namespace clockwright
