#include "publish/table.h"

#include <doctest/doctest.h>

using namespace clockwright;

TEST_CASE("columns align by what is seen, not by octets") {
    Table table({{"server"}, {"offset", Align::right}});
    table.add({"a", "12 µs"});
    table.add({"longer", "1 s"});
    CHECK(table.text() ==
          "server  offset\n"
          "a        12 µs\n"
          "longer     1 s\n");
}

TEST_CASE("a tone is a colour only where colours are wanted") {
    Table table({{""}});
    table.add({"fine"}, Tone::good);
    table.add({"plain"});
    CHECK(table.text() == "fine\nplain\n");
    CHECK(table.text(true) == "\033[32mfine\033[0m\nplain\n");
}

TEST_CASE("a long cell is cut in the middle, keeping both ends") {
    CHECK(shorten("0123456789", 10) == "0123456789");
    CHECK(shorten("0123456789", 7) == "012…789");
    CHECK(shorten("µµµµµµµµ", 4) == "µµ…µ");
}

TEST_CASE("a remark is wrapped below its row") {
    Table table({{""}});
    table.add({"row"});
    table.remark("one two three");
    CHECK(table.text() == "row\n    one two three\n");
}

TEST_CASE("wrapping breaks at blanks and never makes a line longer than asked") {
    const std::string text = wrap("the quick brown fox jumps over the lazy dog", 2, 20);
    CHECK(text == "  the quick brown\n  fox jumps over the\n  lazy dog\n");
    CHECK(wrap("", 2, 20).empty());
}

TEST_CASE("what follows a sentence keeps its lines") {
    CHECK(wrap_sentence("refused; put this there\nserver a\nserver b\n", ". Nothing changed.") ==
          "refused; put this there. Nothing changed.\nserver a\nserver b\n");
    CHECK(wrap_sentence("refused", ".") == "refused.\n");
}
