/// Reads the fields of a JSON object that is not trusted, and remembers every fault by its key.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "time/units.h"

namespace clockwright {

/// Faults of a whole document, each "key: what is wrong".
using JsonFaults = std::vector<std::string>;

/// One object at a place like "steps[0].actions[2]". Every field that was not asked for is a fault
/// when `close` is called; a missing or wrong one gives an empty value and a fault.
class JsonFields {
  public:
    using Json = nlohmann::ordered_json;

    JsonFields(const Json& json, std::string place, JsonFaults& faults);

    bool boolean(std::string_view key);
    std::int64_t integer(std::string_view key, std::int64_t lowest, std::int64_t highest);
    std::optional<double> number_or_null(std::string_view key);
    std::string text(std::string_view key);
    /// RFC 3339 with Z.
    WallTime instant(std::string_view key);
    /// A string, or {"hex": …} for bytes that are no UTF-8.
    std::string bytes(std::string_view key);
    std::vector<std::string> texts(std::string_view key);

    bool has(std::string_view key) const;
    /// Calls visit(element, place) for each element of an array.
    template <class Visit>
    void each(std::string_view key, Visit visit) {
        const auto* array = elements(key);
        for (std::size_t i = 0; array && i < array->size(); ++i)
            visit((*array)[i], place_of(key) + "[" + std::to_string(i) + "]");
    }
    /// The value itself, for an object within this one; null when it is missing.
    const Json& inner(std::string_view key);

    std::string place_of(std::string_view key) const;
    void fault(std::string_view key, std::string what);
    void close();

  private:
    const Json* field(std::string_view key);
    const Json* elements(std::string_view key);

    const Json& json_;
    std::string place_;
    JsonFaults& faults_;
    std::vector<std::string> asked_;
};

}  // namespace clockwright
