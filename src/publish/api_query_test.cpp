#include "publish/api_query.h"

#include <doctest/doctest.h>

using namespace clockwright;

namespace {

constexpr std::string_view all = "from to server limit resolution format";

}  // namespace

TEST_CASE("a query says which rows, how finely and how they are written") {
    const auto query = parse_query({{"from", "2026-11-20T18:00:00Z"},
                                    {"to", "2026-11-20T19:00:00Z"},
                                    {"server", "ntp1"},
                                    {"limit", "25"},
                                    {"resolution", "hour"},
                                    {"format", "csv"}},
                                   all, 100);
    REQUIRE(query);
    CHECK(*query->rows.to - *query->rows.from == std::chrono::hours{1});
    CHECK(query->rows.server == "ntp1");
    CHECK(query->rows.limit == 25);
    CHECK(query->resolution == Resolution::hour);
    CHECK(query->csv);
}

TEST_CASE("without parameters everything is at its default") {
    const auto query = parse_query({}, all, 100);
    REQUIRE(query);
    CHECK(query->rows.limit == 100);
    CHECK_FALSE(query->rows.from);
    CHECK_FALSE(query->resolution);
    CHECK_FALSE(query->csv);
}

TEST_CASE("a bad value is one sentence that names the parameter") {
    struct Row {
        const char *name, *value;
    };
    for (const Row& row :
         {Row{"from", "yesterday"}, Row{"to", "2026-11-20 18:00"}, Row{"limit", "0"},
          Row{"limit", "10001"}, Row{"limit", "-1"}, Row{"limit", "1x"}, Row{"limit", ""},
          Row{"limit", "99999999999"}, Row{"resolution", "week"}, Row{"format", "xml"},
          Row{"server", ""}, Row{"form", "csv"}}) {
        CAPTURE(row.name);
        CAPTURE(row.value);
        const auto query = parse_query({{row.name, row.value}}, all, 100);
        REQUIRE_FALSE(query);
        CHECK(query.error().message.contains(std::string("parameter ") + row.name));
        CHECK(query.error().message.find('\n') == std::string::npos);
    }
}

TEST_CASE("a stretch of time that ends before it begins is none") {
    const auto query =
        parse_query({{"from", "2026-11-20T18:00:00Z"}, {"to", "2026-11-20T18:00:00Z"}}, all, 100);
    REQUIRE_FALSE(query);
    CHECK(query.error().message.contains("parameter to"));
}

TEST_CASE("a route knows its own parameters only, and without any looks at none") {
    CHECK_FALSE(parse_query({{"server", "a"}}, "from to", 100));
    CHECK(parse_query({{"server", "a"}}, "server", 100));
    CHECK(parse_query({{"nonsense", "1"}}, "", 100));
}

TEST_CASE("words are found whole") {
    CHECK(has_word("from to", "to"));
    CHECK(has_word("from", "from"));
    CHECK_FALSE(has_word("from to", "fro"));
    CHECK_FALSE(has_word("", "to"));
}
