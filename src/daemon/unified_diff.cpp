#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/plan.h"

namespace clockwright {
namespace {

constexpr std::size_t context_lines = 3;
/// Beyond this many cells of the table of common subsequences, what differs is shown as one block.
constexpr std::size_t largest_table = 4'000'000;

using Lines = std::vector<std::string_view>;

/// The lines with their newlines, so that a missing last one is a difference.
Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto length = end == std::string_view::npos ? text.size() : end + 1;
        lines.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return lines;
}

/// One line of the comparison: ' ' in both, '-' only before, '+' only after.
struct Edit {
    char sign;
    std::string_view line;
};

/// Longest common subsequence of what lies between the common head and tail.
void compare_middle(const Lines& before, const Lines& after, std::vector<Edit>& edits) {
    const auto rows = before.size(), columns = after.size();
    if (rows * columns > largest_table) {
        for (const auto line : before) edits.push_back({'-', line});
        for (const auto line : after) edits.push_back({'+', line});
        return;
    }
    std::vector<std::uint32_t> longest((rows + 1) * (columns + 1), 0);
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& {
        return longest[i * (columns + 1) + j];
    };
    for (auto i = rows; i-- > 0;)
        for (auto j = columns; j-- > 0;)
            at(i, j) =
                before[i] == after[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    for (std::size_t i = 0, j = 0; i < rows || j < columns;) {
        if (i < rows && j < columns && before[i] == after[j]) {
            edits.push_back({' ', before[i]});
            ++i, ++j;
        } else if (i < rows && (j == columns || at(i + 1, j) >= at(i, j + 1))) {
            edits.push_back({'-', before[i++]});
        } else {
            edits.push_back({'+', after[j++]});
        }
    }
}

std::vector<Edit> compare(Lines before, Lines after) {
    std::vector<Edit> edits;
    std::size_t head = 0;
    while (head < std::min(before.size(), after.size()) && before[head] == after[head]) ++head;
    std::size_t tail = 0;
    while (tail < std::min(before.size(), after.size()) - head &&
           before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
        ++tail;
    const auto middle = [&](const Lines& lines) {
        return Lines(lines.begin() + static_cast<std::ptrdiff_t>(head),
                     lines.end() - static_cast<std::ptrdiff_t>(tail));
    };
    for (std::size_t i = 0; i < head; ++i) edits.push_back({' ', before[i]});
    compare_middle(middle(before), middle(after), edits);
    for (auto i = before.size() - tail; i < before.size(); ++i) edits.push_back({' ', before[i]});
    return edits;
}

/// The half-open range of edits that one hunk shows.
struct Hunk {
    std::size_t begin, end;
};

std::vector<Hunk> hunks_of(const std::vector<Edit>& edits) {
    std::vector<Hunk> hunks;
    for (std::size_t i = 0; i < edits.size(); ++i) {
        if (edits[i].sign == ' ') continue;
        const auto begin = i < context_lines ? 0 : i - context_lines;
        const auto end = std::min(edits.size(), i + 1 + context_lines);
        if (!hunks.empty() && begin <= hunks.back().end)
            hunks.back().end = end;
        else
            hunks.push_back({begin, end});
    }
    return hunks;
}

std::string range_text(std::size_t lines_above, std::size_t length) {
    const auto first = length == 0 ? lines_above : lines_above + 1;
    return length == 1 ? fmt::format("{}", first) : fmt::format("{},{}", first, length);
}

void append_line(std::string& text, const Edit& edit) {
    text += edit.sign;
    text += edit.line;
    if (!edit.line.ends_with('\n')) text += "\n\\ No newline at end of file\n";
}

}  // namespace

std::string unified_diff(std::string_view path, std::string_view before, std::string_view after) {
    if (before == after) return {};
    const auto edits = compare(lines_of(before), lines_of(after));
    auto text = fmt::format("--- {}\n+++ {}\n", path, path);
    std::size_t old_line = 0, new_line = 0, seen = 0;
    const auto count = [](const Edit& edit, std::size_t& of_old, std::size_t& of_new) {
        of_old += edit.sign != '+';
        of_new += edit.sign != '-';
    };
    for (const auto& hunk : hunks_of(edits)) {
        for (; seen < hunk.begin; ++seen) count(edits[seen], old_line, new_line);
        std::size_t old_length = 0, new_length = 0;
        for (auto i = hunk.begin; i < hunk.end; ++i) count(edits[i], old_length, new_length);
        text += fmt::format("@@ -{} +{} @@\n", range_text(old_line, old_length),
                            range_text(new_line, new_length));
        for (auto i = hunk.begin; i < hunk.end; ++i) append_line(text, edits[i]);
    }
    return text;
}

}  // namespace clockwright
