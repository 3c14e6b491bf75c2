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

TEST_CASE("a table is no wider than 80 columns: the widest of what may be cut is cut further") {
    Table table({{"id"}, {"outcome"}, {"server", Align::left, 30}, {"reason", Align::left, 40}});
    const std::string whole(21, 'o');
    table.add({"7f3c9a", whole, std::string(28, 's'), std::string(90, 'r')});
    const std::string text = table.text();
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        CHECK(width_of(text.substr(at, end - at)) <= 80);
        at = end + 1;
    }
    CHECK(text.contains("7f3c9a  " + whole + "  "));
    CHECK(width_of(text.substr(text.rfind("7f3c9a"))) == 80 + 1);
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
