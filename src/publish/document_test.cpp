#include "publish/document.h"

#include <doctest/doctest.h>

using namespace clockwright;

namespace {

Document document() {
    return {"A <b>title</b>",
            {{"First", {"One paragraph.", "Another | one."}, {}},
             {"Second",
              {},
              DocumentTable{{"name", "value"}, {{"a|b", "<script>"}, {"c", "\x1b[2J"}}}}}};
}

}  // namespace

TEST_CASE("text has headings, paragraphs and a table, and no escape reaches the terminal") {
    const std::string text = document_text(document());
    CHECK(text.starts_with("A <b>title</b>\n==============\n\nFirst\n-----\nOne paragraph.\n"));
    CHECK(text.contains("name  value\n"));
    CHECK_FALSE(text.contains('\x1b'));
}

TEST_CASE("what does not fit on a line of 80 columns stands below it, whole") {
    const std::string sentence(70, 'x');
    const Document wide{
        "T",
        {{"S",
          {},
          DocumentTable{{"at", "kind", "what"}, {{"noon", "step", sentence}, {"one", "b", "c"}}}}}};
    const std::string text = document_text(wide);
    CHECK(text.contains("at    kind\nnoon  step\n    " + sentence + "\none   b\n    what: c\n"));

    const std::string long_word(50, 'y');
    const Document wider{
        "T",
        {{"S",
          {},
          DocumentTable{{"host", "follows", "answered"}, {{long_word, long_word, "9 of 9"}}}}}};
    CHECK(document_text(wider).contains("host\n" + long_word + "\n    follows: " + long_word +
                                        "; answered: 9 of\n    9\n"));
}

TEST_CASE("Markdown keeps its own marks to itself") {
    const std::string text = document_markdown(document());
    CHECK(text.starts_with("# A \\<b\\>title\\</b\\>\n\n## First\n\nOne paragraph.\n"));
    CHECK(text.contains("Another \\| one."));
    CHECK(text.contains("| name | value |\n|---|---|\n| a\\|b | \\<script\\> |\n"));
}

TEST_CASE("HTML shows foreign text and runs none of it") {
    const std::string text = document_html(document());
    CHECK(text.contains("<h1>A &lt;b&gt;title&lt;/b&gt;</h1>"));
    CHECK(text.contains("<tr><td>a|b</td><td>&lt;script&gt;</td></tr>"));
    CHECK_FALSE(text.contains("<script>"));
}
