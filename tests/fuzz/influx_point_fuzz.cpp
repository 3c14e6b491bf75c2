// Whatever a name or a text holds, a point is one line, and a reader of the protocol gets the same
// tags and the same field back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "publish/influx.h"

namespace {

/// Splits at `separator` where no backslash stands before it and no quote is open.
std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts(1);
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            parts.back() += text[i];
            parts.back() += text[++i];
            continue;
        }
        if (text[i] == '"') quoted = !quoted;
        if (text[i] == separator && !quoted)
            parts.emplace_back();
        else
            parts.back() += text[i];
    }
    return parts;
}

std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        out += text[i];
    }
    return out;
}

/// What the protocol cannot carry becomes something else, each letter by itself.
std::string carried(std::string_view text, bool as_tag) {
    std::string out;
    for (const char letter : text) {
        const bool gone = letter == '\n' || letter == '\r' || letter == '\0';
        out += gone ? ' ' : as_tag && letter == '\\' ? '/' : letter;
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace clockwright;
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const std::string_view tag = all.substr(0, size / 2), text = all.substr(size / 2);
    if (tag.empty() || tag.contains('"'))
        return 0;  // a quote in a tag is plain, but not for `split`
    InfluxPoint point("m");
    point.tag("t", tag).field("f", InfluxPoint::Value(std::string(text)));
    const std::string line = point.line(WallTime{});
    if (line.find('\n') != line.size() - 1) std::abort();
    const auto parts = split(std::string_view(line).substr(0, line.size() - 1), ' ');
    if (parts.size() != 3 || parts[2] != "0") std::abort();
    const auto tags = split(parts[0], ',');
    if (tags.size() != 2 || split(tags[1], '=').size() != 2) std::abort();
    if (unescaped(split(tags[1], '=')[1]) != carried(tag, true)) std::abort();
    const std::string field = parts[1];
    if (!field.starts_with("f=\"") || !field.ends_with('"')) std::abort();
    if (unescaped(field.substr(3, field.size() - 4)) != carried(text, false)) std::abort();
    return 0;
}
