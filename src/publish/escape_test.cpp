#include "publish/escape.h"

#include <doctest/doctest.h>

#include "time/spell.h"

using namespace clockwright;

TEST_CASE("HTML from the network is text, in elements and in attributes") {
    CHECK(escape_html("<script>alert('x')</script> & \"y\"") ==
          "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;");
    CHECK(escape_html("\x1b[31m") == "\\x1b[31m");
}

TEST_CASE("a label stays one label, and valid UTF-8") {
    CHECK(escape_label("a\"b") == "a\\\"b");
    CHECK(escape_label("a\nb") == "a\\\\x0ab");
    CHECK(escape_label("\xff") == "\\\\xff");
    CHECK(escape_label("±") == "±");
}

TEST_CASE("a cell of CSV is one cell, and no formula") {
    CHECK(csv_cell("plain") == "plain");
    CHECK(csv_cell("a,b") == "\"a,b\"");
    CHECK(csv_cell("a\"b") == "\"a\"\"b\"");
    CHECK(csv_cell("=1+1") == "'=1+1");
    CHECK(csv_cell("@x,y") == "\"'@x,y\"");
    CHECK(csv_cell("two\r\nlines") == "\"two\r\nlines\"");
    CHECK(csv_cell(printable("two\r\nlines")) == "two\\x0d\\x0alines");
    CHECK(csv_cell("").empty());
}
