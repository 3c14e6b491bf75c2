#include "find/block_import.h"

#include <doctest/doctest.h>

using namespace clockwright;

namespace {

std::string wrong(std::string_view text) {
    const auto blocks = parse_block_import(text, "blacklist.json");
    REQUIRE_FALSE(blocks.has_value());
    CHECK(blocks.error().fault == Fault::bad_input);
    return blocks.error().message;
}

}  // namespace

TEST_CASE("a list of names is a block list") {
    const auto blocks = parse_block_import(R"(["a.example", "198.51.100.7"])", "f");
    REQUIRE(blocks.has_value());
    REQUIRE(blocks->size() == 2);
    CHECK(blocks->at(0) == ImportedBlock{{"a.example"}, {}, {}, {}});
    CHECK(blocks->at(1).host.name == "198.51.100.7");
}

TEST_CASE("names with failures or with details are a block list") {
    const auto blocks = parse_block_import(
        R"({"a.example": 3, "b.example": {"failures": 5, "reason": "gone",
            "until": "2027-01-15T08:00:00Z"}, "c.example:1123": {}})",
        "f");
    REQUIRE(blocks.has_value());
    REQUIRE(blocks->size() == 3);
    CHECK(blocks->at(0) == ImportedBlock{{"a.example"}, 3, {}, {}});
    CHECK(blocks->at(1) ==
          ImportedBlock{{"b.example"}, 5, "gone", WallTime(std::chrono::seconds(1'800'000'000))});
    CHECK(blocks->at(2).host.port == 1123);
}

TEST_CASE("an unknown shape is refused with its place") {
    CHECK(wrong("7") ==
          "blacklist.json: the document: must be a list of hosts, or an object of them");
    CHECK(wrong("[\"a.example\"") == "blacklist.json: is no JSON document");
    CHECK(wrong("[\"a.example\", 7]") == "blacklist.json: [1]: must be the name of a host");
    CHECK(wrong(R"({"a.example": [3]})") ==
          "blacklist.json: a.example: must be how often it failed, or an object");
    CHECK(wrong(R"({"a.example": -1})").find("a.example: must be how") != std::string::npos);
    CHECK(wrong(R"({"a.example": {"count": 3}})").find("a.example.count: is not a key") !=
          std::string::npos);
    CHECK(wrong(R"({"a.example": {"until": "soon"}})").find("a.example.until: must be") !=
          std::string::npos);
    CHECK(wrong("[\"a b\"]").find("[0]: ") != std::string::npos);
}

TEST_CASE("a hostile name is shown escaped and a thousand faults are ten") {
    CHECK(wrong("{\"a\\u001b[2J\": 3}").find("\\x1b[2J") != std::string::npos);
    std::string many = "[0";
    for (int i = 1; i < 1000; ++i) many += ",0";
    const std::string text = wrong(many + "]");
    CHECK(text.ends_with("and 990 more faults"));
    CHECK(text.size() < 1000);
}
