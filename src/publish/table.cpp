#include "publish/table.h"

#include <algorithm>

namespace clockwright {
namespace {

constexpr std::size_t gap = 2;    // between two columns
constexpr std::size_t least = 8;  // what a column that is cut keeps

bool is_continuation(char octet) {
    return (static_cast<unsigned char>(octet) & 0xC0U) == 0x80U;
}

/// The octets of the first `count` code points.
std::string_view first_points(std::string_view text, std::size_t count) {
    std::size_t end = 0;
    for (std::size_t seen = 0; end < text.size(); ++end) {
        if (!is_continuation(text[end]) && seen++ == count) break;
    }
    return text.substr(0, end);
}

std::string_view last_points(std::string_view text, std::size_t count) {
    return text.substr(first_points(text, width_of(text) - count).size());
}

void append_cell(std::string& line, std::string_view cell, std::size_t width, Align align) {
    const std::size_t rest = width - std::min(width, width_of(cell));
    if (align == Align::right) line.append(rest, ' ');
    line += cell;
    if (align == Align::left) line.append(rest, ' ');
}

void finish_line(std::string& out, std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
}

}  // namespace

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char octet) { return !is_continuation(octet); }));
}

std::string shorten(std::string_view text, std::size_t most) {
    if (width_of(text) <= most) return std::string(text);
    const std::size_t tail = (most - 1) / 2;
    return std::string(first_points(text, most - 1 - tail)) + "…" +
           std::string(last_points(text, tail));
}

std::string wrap(std::string_view text, std::size_t indent, std::size_t width) {
    std::string out, line;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        if (!line.empty() && indent + width_of(line) + 1 + width_of(word) > width) {
            finish_line(out, std::string(indent, ' ') + line);
            line.clear();
        }
        if (!word.empty()) line += (line.empty() ? "" : " ") + std::string(word);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (!line.empty()) finish_line(out, std::string(indent, ' ') + line);
    return out;
}

std::string wrap_sentence(std::string_view text, std::string_view after_sentence) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string out = wrap(std::string(text.substr(0, end)) + std::string(after_sentence), 0);
    if (end < text.size()) out += text.substr(end + 1);
    return out;
}

std::string toned(std::string_view line, Tone tone) {
    static constexpr std::string_view codes[] = {"", "\033[32m", "\033[33m", "\033[31m"};
    if (tone == Tone::plain) return std::string(line);
    const bool ended = line.ends_with('\n');
    if (ended) line.remove_suffix(1);
    return std::string(codes[static_cast<std::size_t>(tone)]) + std::string(line) + "\033[0m" +
           (ended ? "\n" : "");
}

std::vector<std::size_t> Table::widths() const {
    std::vector<std::size_t> widths;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        std::size_t width = width_of(columns_[column].title);
        for (const Row& row : rows_) width = std::max(width, width_of(row.cells[column]));
        widths.push_back(std::min(width, columns_[column].most));
    }
    std::size_t total = gap * (columns_.size() - 1);
    for (const std::size_t width : widths) total += width;
    for (; total > whole_width; --total) {
        std::size_t* widest = nullptr;
        for (std::size_t column = 0; column < columns_.size(); ++column) {
            const bool may_shrink = columns_[column].most < whole_width && widths[column] > least;
            if (may_shrink && (widest == nullptr || widths[column] >= *widest))
                widest = &widths[column];
        }
        if (widest == nullptr) break;
        --*widest;
    }
    return widths;
}

std::string Table::text(bool colour) const {
    const std::vector<std::size_t> widths = this->widths();
    const bool titled =
        std::ranges::any_of(columns_, [](const Column& column) { return !column.title.empty(); });
    const auto line_of = [&](auto&& cell) {
        std::string line;
        for (std::size_t column = 0; column < columns_.size(); ++column) {
            if (column > 0) line.append(gap, ' ');
            append_cell(line, shorten(cell(column), widths[column]), widths[column],
                        columns_[column].align);
        }
        return line;
    };
    std::string out;
    if (titled) finish_line(out, line_of([&](std::size_t i) { return columns_[i].title; }));
    for (const Row& row : rows_) {
        std::string line;
        finish_line(line, line_of([&](std::size_t i) { return row.cells[i]; }));
        out += toned(line, colour ? row.tone : Tone::plain);
        if (!row.remark.empty()) out += wrap(row.remark, 4);
    }
    return out;
}

}  // namespace clockwright
