/// What may stand behind the '?' of a route, and what it asks for.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "publish/history.h"
#include "result.h"

namespace clockwright {

struct ParameterKind {
    std::string_view name;
    std::string_view schema;  ///< of OpenAPI, as JSON
    std::string_view meaning;
};

/// Every parameter of any route.
std::span<const ParameterKind> known_parameters();

inline constexpr int most_rows = 10'000;  ///< of one answer

struct ApiQuery {
    HistoryQuery rows;
    std::optional<Resolution> resolution;  ///< empty: raw
    bool csv = false;
};

/// `allowed`: names with spaces between them. Nothing allowed: what is given is not looked at.
/// Error: one sentence that names the parameter.
Result<ApiQuery> parse_query(const std::map<std::string, std::string>& given,
                             std::string_view allowed, int default_limit);

/// `words` has `word`, between spaces.
bool has_word(std::string_view words, std::string_view word);

}  // namespace clockwright
