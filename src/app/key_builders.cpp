#include "app/key_builders.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace clockwright::app {

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') out += '\\';
        out += letter;
    }
    return out + '"';
}

std::string list_text(const std::vector<std::string>& items) {
    std::vector<std::string> shown;
    std::ranges::transform(items, std::back_inserter(shown), quoted);
    return fmt::format("[{}]", fmt::join(shown, ", "));
}

Part one_of(std::vector<std::string> words) {
    return [words = std::move(words)](const std::string& text) -> std::string {
        if (std::ranges::find(words, text) != words.end()) return {};
        return fmt::format("\"{}\" is not one of {}", printable(text), fmt::join(words, ", "));
    };
}

std::string absolute_path(const std::string& text) {
    if (text.empty() || text.front() != '/') return "must be an absolute path";
    if (text.find('\0') != std::string::npos || text.find('\n') != std::string::npos) {
        return "must not hold control characters";
    }
    return {};
}

std::string duration_text(Seconds duration) {
    const auto milliseconds = std::llround(duration.count() * 1e3);
    return milliseconds % 1000 == 0 ? fmt::format("{}s", milliseconds / 1000)
                                    : fmt::format("{}ms", milliseconds);
}

std::string optional_path(const std::string& text) {
    return text.empty() ? std::string{} : absolute_path(text);
}

}  // namespace clockwright::app
