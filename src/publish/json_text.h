/// JSON written as text, member by member: for documents too large to build as a tree first.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace clockwright {

/// In quotes, escaped; octets that are no UTF-8 are replaced.
std::string json_string(std::string_view text);
/// The shortest digits that read back the same; null when it is not finite.
std::string json_number(double number);

/// One object, a member a line. `depth`: how many objects and arrays it stands in, for the indent.
/// Keys are written as they are.
class JsonObject {
  public:
    explicit JsonObject(int depth, std::size_t octets = 1024);  ///< about as many as it will have

    void add(std::string_view key, std::string_view text);
    void add(std::string_view key, const char* text) { add(key, std::string_view(text)); }
    void add(std::string_view key, double number);
    void add(std::string_view key, bool flag) { add_json(key, flag ? "true" : "false"); }
    void add(std::string_view key, std::integral auto number) {
        add_json(key, std::to_string(number));
    }
    /// Empty: null.
    template <class Value>
    void add(std::string_view key, const std::optional<Value>& value) {
        value ? add(key, *value) : add_json(key, "null");
    }
    /// `json` is written already.
    void add_json(std::string_view key, std::string_view json);

    std::string text() const&;
    std::string text() &&;
    void append_to(std::string& out) const;

  private:
    void begin_member(std::string_view key);
    std::string_view end() const;

    std::string lead_;  ///< of every member but the first, which has no comma
    std::string text_;  ///< without its end
};

/// An array, an element a line; elements stand one `depth` deeper.
class JsonArray {
  public:
    explicit JsonArray(int depth, std::size_t octets = 0) : depth_(depth) { text_.reserve(octets); }

    void add(const JsonObject& element);
    /// `json` is written already.
    void add_json(std::string_view json);

    /// Ends it.
    std::string text() &&;

  private:
    void begin_element();

    int depth_;
    std::string text_ = "[";
};

}  // namespace clockwright
