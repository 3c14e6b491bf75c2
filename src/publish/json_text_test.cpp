#include "publish/json_text.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

TEST_CASE("an object as text is what a tree of the same members is written as") {
    JsonObject inner(1);
    inner.add("flag", true);
    JsonObject outer(0);
    outer.add("word", "plain");
    outer.add("number", 0.25);
    outer.add("count", std::size_t{7});
    outer.add("present", std::optional<int>(-3));
    outer.add("missing", std::optional<std::string>());
    outer.add_json("inner", inner.text());
    JsonArray list(1);
    list.add(JsonObject(2));
    list.add_json("1");
    outer.add_json("list", std::move(list).text());
    outer.add_json("nothing", JsonArray(1).text());
    const Json tree = {{"word", "plain"},
                       {"number", 0.25},
                       {"count", 7},
                       {"present", -3},
                       {"missing", nullptr},
                       {"inner", {{"flag", true}}},
                       {"list", {Json::object(), 1}},
                       {"nothing", Json::array()}};
    CHECK(outer.text() == tree.dump(2));
}

TEST_CASE("text that JSON cannot hold as it is reads back the same") {
    for (const std::string text :
         {"", "a \"quoted\" word", "back\\slash", "line\nline", "\x01\x7f", "µs"}) {
        CAPTURE(text);
        JsonObject object(0);
        object.add("text", text);
        CHECK(Json::parse(object.text())["text"] == text);
    }
}

TEST_CASE("octets that are no UTF-8 are replaced") {
    JsonObject object(0);
    object.add("text", "a\xff");
    CHECK(Json::parse(object.text())["text"] == "a\xEF\xBF\xBD");
}

TEST_CASE("a number reads back the same, and one that is not finite is null") {
    for (const double number :
         {0.0, -1.5, 0.1, 1e-9, 3.14159e22, std::numeric_limits<double>::denorm_min(),
          std::numeric_limits<double>::max()}) {
        CAPTURE(number);
        JsonObject object(0);
        object.add("number", number);
        CHECK(Json::parse(object.text())["number"].get<double>() == number);
    }
    for (const double number : {std::nan(""), std::numeric_limits<double>::infinity()}) {
        JsonObject object(0);
        object.add("number", number);
        CHECK(Json::parse(object.text())["number"].is_null());
    }
}

}  // namespace
}  // namespace clockwright
