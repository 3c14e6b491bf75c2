/// The API described for programs: OpenAPI 3.1, made from the table of routes and the schemas.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace clockwright {

/// One member of an object of the API.
struct SchemaField {
    std::string_view schema;  ///< the object it belongs to
    std::string_view name;
    /// "string", "number", "integer", "boolean", "instant", another schema's name, "any"; "[…]"
    /// around one is an array; '?' at the end: may be null; '-' at the end: may be absent.
    std::string_view type;
};

std::span<const SchemaField> schema_fields();

std::string openapi_json();

}  // namespace clockwright
