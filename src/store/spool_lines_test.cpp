#include "store/spool_lines.h"

#include <doctest/doctest.h>

using namespace clockwright::store;

TEST_CASE("whole lines are taken, as many as are wanted") {
    const std::string file = "a\nbb\nccc\n";
    CHECK(read_spool_lines(file, 10, 100, true).text == file);
    const SpoolLines two = read_spool_lines(file, 2, 100, true);
    CHECK(two.text == "a\nbb\n");
    CHECK(two.count == 2);
    CHECK(two.octets == 5);
    CHECK(read_spool_lines(file, 10, 5, true).text == "a\nbb\n");
    CHECK(read_spool_lines("a long line\nb\n", 10, 5, true).text == "a long line\n");
}

TEST_CASE("a line without its end waits for it, unless the file is done") {
    CHECK(read_spool_lines("a\nhal", 10, 100, false).octets == 2);
    const SpoolLines done = read_spool_lines("a\nhal", 10, 100, true);
    CHECK(done.text == "a\n");
    CHECK(done.octets == 5);
    CHECK(done.damaged == 1);
}

TEST_CASE("zeros that a crash of the machine left are no line, and hold up none") {
    const std::string file = std::string("a\n\0\0\0\n", 6) + "\nb\n";
    const SpoolLines lines = read_spool_lines(file, 10, 100, true);
    CHECK(lines.text == "a\nb\n");
    CHECK(lines.damaged == 2);
    CHECK(lines.octets == file.size());
}

TEST_CASE("cut at any octet, a file gives the lines that are whole") {
    const std::string file = "first\nsecond\nthird\n";
    for (std::size_t cut = 0; cut <= file.size(); ++cut) {
        CAPTURE(cut);
        const SpoolLines lines = read_spool_lines(file.substr(0, cut), 10, 100, true);
        CHECK(file.starts_with(lines.text));
        CHECK(lines.octets == cut);
    }
}
