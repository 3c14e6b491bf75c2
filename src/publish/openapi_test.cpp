#include "publish/openapi.h"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "publish/api_routes.h"
#include "tests/fakes/canned_history.h"

using namespace clockwright;
using Json = nlohmann::json;

namespace {

const Json& document() {
    static const Json parsed = Json::parse(openapi_json());
    return parsed;
}

/// What is wrong with `value` as a `type` of the schemas; empty: nothing.
std::string mismatch(const Json& value, std::string_view type, const std::string& where);

std::string object_mismatch(const Json& value, std::string_view schema, const std::string& where) {
    if (!value.is_object()) return where + ": no object";
    std::set<std::string> known;
    for (const SchemaField& field : schema_fields()) {
        if (field.schema != schema) continue;
        const std::string name(field.name);
        known.insert(name);
        if (!value.contains(name)) {
            if (!field.type.ends_with('-')) return where + ": lacks " + name;
            continue;
        }
        auto wrong = mismatch(value[name], field.type, where + "." + name);
        if (!wrong.empty()) return wrong;
    }
    if (known.empty()) return where + ": there is no schema " + std::string(schema);
    for (const auto& [name, member] : value.items()) {
        if (!known.contains(name)) return where + ": " + name + " is not described";
    }
    return {};
}

std::string mismatch(const Json& value, std::string_view type, const std::string& where) {
    if (type.ends_with('-')) type.remove_suffix(1);
    if (type.ends_with('?')) {
        if (value.is_null()) return {};
        type.remove_suffix(1);
    }
    if (type == "any") return {};
    if (type.starts_with('[')) {
        if (!value.is_array()) return where + ": no array";
        for (const Json& element : value) {
            auto wrong = mismatch(element, type.substr(1, type.size() - 2), where + "[]");
            if (!wrong.empty()) return wrong;
        }
        return {};
    }
    const bool fits = type == "string"    ? value.is_string()
                      : type == "number"  ? value.is_number()
                      : type == "integer" ? value.is_number_integer()
                      : type == "boolean" ? value.is_boolean()
                      : type == "instant"
                          ? value.is_string() && parse_rfc3339(value.get<std::string>()).has_value()
                          : true;
    if (!fits) return where + ": no " + std::string(type);
    const bool plain = type == "string" || type == "number" || type == "integer" ||
                       type == "boolean" || type == "instant";
    return plain ? std::string() : object_mismatch(value, type, where);
}

std::string wrong_answer(const Route& route, const Snapshot* snapshot, const History* history,
                         const std::map<std::string, std::string>& query = {}) {
    ApiView view;
    view.snapshot = snapshot;
    view.history = history;
    view.config_json = "{}";
    view.now.wall = fakes::instant("2026-11-20T18:04:22Z");
    view.access.listen = *parse_address("127.0.0.1");
    HttpRequest request;
    request.method = "GET";
    request.path = route.path;
    request.host = "localhost";
    request.remote = view.access.listen;
    request.query = query;
    const HttpResponse response = respond(request, view);
    const Json body = Json::parse(response.body);
    return object_mismatch(body, body.contains("error") ? "Error" : route.schema,
                           std::string(route.path));
}

/// The schemas that only say "an object" are described where they come from.
bool is_described(const Route& route) {
    return !route.schema.empty() && route.schema != "Any" && route.schema != "Config";
}

}  // namespace

TEST_CASE("every route is described, with its parameters and its answers") {
    CHECK(document()["openapi"] == "3.1.0");
    CHECK(document()["paths"].size() == routes().size());
    for (const Route& route : routes()) {
        CAPTURE(route.path);
        REQUIRE(document()["paths"].contains(std::string(route.path)));
        const Json& operation = document()["paths"][std::string(route.path)]["get"];
        CHECK_FALSE(operation["summary"].get<std::string>().empty());
        CHECK(operation["responses"].contains("200"));
        CHECK(operation["responses"].contains("401"));
        std::string named;
        for (const Json& parameter : operation.value("parameters", Json::array()))
            named += (named.empty() ? "" : " ") + parameter["name"].get<std::string>();
        CHECK(named == route.parameters);
    }
}

TEST_CASE("every reference leads to a schema") {
    const std::string text = document().dump();
    constexpr std::string_view mark = "#/components/schemas/";
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
        const std::string name =
            text.substr(at + mark.size(), text.find('"', at) - at - mark.size());
        CAPTURE(name);
        CHECK(document()["components"]["schemas"].contains(name));
    }
}

TEST_CASE("answers have exactly the members that are described") {
    Snapshot snapshot = fakes::canned_snapshot(3);
    snapshot.proposal = Proposal{"7f3c9a", "a better set", snapshot.at, {"ntp2"}, {}};
    snapshot.scan.rows[0].candidate.nts = NtsReport{};
    snapshot.scan.rows[2].assessment.stats.reset();
    snapshot.status.details.emplace();
    const fakes::CannedHistory history;
    for (const Route& route : routes()) {
        if (!is_described(route)) continue;
        CHECK(wrong_answer(route, &snapshot, &history) == "");
        CHECK(wrong_answer(route, nullptr, nullptr) == "");
        if (has_word(route.parameters, "limit"))
            CHECK(wrong_answer(route, &snapshot, &history, {{"limit", "5"}}) == "");
        if (has_word(route.parameters, "resolution"))
            CHECK(wrong_answer(route, &snapshot, &history, {{"resolution", "hour"}}) == "");
    }
}

TEST_CASE("a member of the answer that nobody described would be noticed") {
    CHECK(object_mismatch(Json{{"error", "x"}, {"more", 1}}, "Error", "e").contains("more"));
    CHECK(object_mismatch(Json::object(), "Error", "e").contains("lacks error"));
    CHECK(object_mismatch(Json{{"error", 1}}, "Error", "e").contains("no string"));
}

TEST_CASE("every route is in the document for people, too") {
    std::stringstream text;
    text << std::ifstream(CLOCKWRIGHT_SOURCE_DIR "/docs/http.md").rdbuf();
    for (const Route& route : routes()) {
        CAPTURE(route.path);
        CHECK(text.str().contains("| `" + std::string(route.path) + "` | "));
    }
}
