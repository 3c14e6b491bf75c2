#include <doctest/doctest.h>

#include <random>
#include <string>

#include "daemon/plan.h"

using namespace clockwright;

namespace {

/// Applies a diff of one file, checking each context line: the reader that `patch` is.
std::string patched(const std::string& before, const std::string& diff) {
    std::vector<std::string> old_lines, diff_lines;
    const auto split = [](const std::string& text, std::vector<std::string>& lines) {
        for (std::size_t begin = 0; begin < text.size();) {
            const auto end = std::min(text.find('\n', begin), text.size() - 1) + 1;
            lines.push_back(text.substr(begin, end - begin));
            begin = end;
        }
    };
    split(before, old_lines);
    split(diff, diff_lines);
    std::string after;
    std::size_t next = 0;
    for (std::size_t i = 2; i < diff_lines.size(); ++i) {
        auto line = diff_lines[i];
        if (line.starts_with("@@ -")) {
            const auto first = std::stoul(line.substr(4));
            const auto empty = line.substr(4, line.find(' ', 4) - 4).ends_with(",0");
            while (next < (empty ? first : first - 1)) after += old_lines[next++];
            continue;
        }
        if (line.starts_with('\\')) continue;
        if (i + 1 < diff_lines.size() && diff_lines[i + 1].starts_with('\\')) line.pop_back();
        if (line[0] != '+') {
            REQUIRE(old_lines.at(next) == line.substr(1));
            ++next;
        }
        if (line[0] != '-') after += line.substr(1);
    }
    while (next < old_lines.size()) after += old_lines[next++];
    return after;
}

}  // namespace

TEST_CASE("equal texts have no diff") {
    CHECK(unified_diff("/etc/a", "same\n", "same\n").empty());
    CHECK(unified_diff("/etc/a", "", "").empty());
}

TEST_CASE("a diff shows three lines of context") {
    CHECK(unified_diff("/etc/a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n") ==
          "--- /etc/a\n+++ /etc/a\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST_CASE("a new file and a file that goes are shown from line 0") {
    CHECK(unified_diff("/f", "", "a\nb\n") == "--- /f\n+++ /f\n@@ -0,0 +1,2 @@\n+a\n+b\n");
    CHECK(unified_diff("/f", "a\n", "") == "--- /f\n+++ /f\n@@ -1 +0,0 @@\n-a\n");
}

TEST_CASE("a missing newline at the end is said") {
    CHECK(unified_diff("/f", "a", "a\n") ==
          "--- /f\n+++ /f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
}

TEST_CASE("what a diff says turns the old text into the new one") {
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        const auto text = [&] {
            std::string lines;
            for (auto left = random() % 30; left > 0; --left)
                lines += std::string(1, static_cast<char>('a' + random() % 4)) + "\n";
            if (!lines.empty() && random() % 4 == 0) lines.pop_back();
            return lines;
        };
        const auto before = text(), after = text();
        CAPTURE(before);
        CAPTURE(after);
        CHECK(patched(before, unified_diff("/f", before, after)) == after);
    }
}

TEST_CASE("texts too long to compare line by line still give a true diff") {
    std::string before, after;
    for (int i = 0; i < 3000; ++i) {
        before += std::to_string(i) + "\n";
        after += std::to_string(-i - 1) + "\n";
    }
    CHECK(patched(before, unified_diff("/f", before, after)) == after);
}
