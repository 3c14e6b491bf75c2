#include "publish/openapi.h"

#include <nlohmann/json.hpp>

#include "publish/api_routes.h"
#include "version.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

Json reference(std::string_view schema) {
    return {{"$ref", "#/components/schemas/" + std::string(schema)}};
}

Json type_schema(std::string_view type) {
    if (type.ends_with('-')) return type_schema(type.substr(0, type.size() - 1));
    if (type.ends_with('?')) {
        const Json inner = type_schema(type.substr(0, type.size() - 1));
        return {{"anyOf", {inner, {{"type", "null"}}}}};
    }
    if (type.starts_with('['))
        return {{"type", "array"}, {"items", type_schema(type.substr(1, type.size() - 2))}};
    if (type == "any") return Json::object();
    if (type == "instant") return {{"type", "string"}, {"format", "date-time"}};
    for (const std::string_view plain : {"string", "number", "integer", "boolean"}) {
        if (type == plain) return {{"type", plain}};
    }
    return reference(type);
}

Json schemas_json() {
    Json schemas = Json::object();
    for (const SchemaField& field : schema_fields()) {
        Json& schema = schemas[std::string(field.schema)];
        schema["type"] = "object";
        schema["properties"][std::string(field.name)] = type_schema(field.type);
        if (!field.type.ends_with('-')) schema["required"].push_back(field.name);
    }
    for (const char* open : {"Any", "Config"}) schemas[open] = {{"type", "object"}};
    return schemas;
}

Json parameters_json(const Route& route) {
    Json list = Json::array();
    for (const ParameterKind& kind : known_parameters()) {
        if (!has_word(route.parameters, kind.name)) continue;
        Json schema = Json::parse(kind.schema);
        if (kind.name == "limit") schema["default"] = route.limit;
        list.push_back({{"name", kind.name},
                        {"in", "query"},
                        {"required", false},
                        {"description", kind.meaning},
                        {"schema", std::move(schema)}});
    }
    return list;
}

Json fault_json(std::string_view meaning) {
    return {{"description", meaning},
            {"content", {{"application/json", {{"schema", reference("Error")}}}}}};
}

Json content_json(const Route& route) {
    const Json schema = route.schema.empty() ? Json{{"type", "string"}} : reference(route.schema);
    Json content = {{std::string(route.media), {{"schema", schema}}}};
    if (has_word(route.parameters, "format"))
        content["text/csv"] = {{"schema", {{"type", "string"}}}};
    return content;
}

/// The health routes answer with their own words whatever the status.
bool is_same_for_all(const Route& route) {
    return route.parameters.empty() &&
           (route.path == "/health" || route.path == "/ready" || route.path == "/system/health");
}

Json responses_json(const Route& route) {
    struct Meaning {
        std::string_view status, text;
    };
    static constexpr Meaning own[] = {{"200", "as asked"},
                                      {"400", "a parameter that is not understood"},
                                      {"500", "it failed"},
                                      {"503", "not at hand at present"}};
    static constexpr Meaning everywhere[] = {{"401", "a token is needed"},
                                             {"403", "asked by a page of another origin"},
                                             {"405", "neither GET nor HEAD"},
                                             {"421", "a Host this server does not answer to"}};
    Json responses = Json::object();
    for (const Meaning& meaning : own) {
        if (!has_word(route.statuses, meaning.status)) continue;
        if (meaning.status == "200" || is_same_for_all(route)) {
            responses[std::string(meaning.status)] = {{"description", meaning.text},
                                                      {"content", content_json(route)}};
        } else {
            responses[std::string(meaning.status)] = fault_json(meaning.text);
        }
    }
    for (const Meaning& meaning : everywhere)
        responses[std::string(meaning.status)] = fault_json(meaning.text);
    return responses;
}

}  // namespace

std::string openapi_json() {
    Json paths = Json::object();
    for (const Route& route : routes()) {
        Json operation = {{"summary", route.summary}};
        if (!route.parameters.empty()) operation["parameters"] = parameters_json(route);
        operation["responses"] = responses_json(route);
        paths[std::string(route.path)] = {{"get", std::move(operation)}};
    }
    const Json document = {
        {"openapi", "3.1.0"},
        {"info",
         {{"title", "Clockwright"},
          {"version", version},
          {"description",
           "Offsets are what must be added to this clock. Instants are RFC 3339, UTC. What is not "
           "known is null. HEAD is answered wherever GET is."}}},
        {"paths", std::move(paths)},
        {"components",
         {{"schemas", schemas_json()},
          {"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}}}},
        {"security", {Json::object(), {{"token", Json::array()}}}}};
    return document.dump(2) + "\n";
}

}  // namespace clockwright
