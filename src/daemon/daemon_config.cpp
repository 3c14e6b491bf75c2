#include "daemon/daemon_config.h"

#include <fmt/format.h>

#include <algorithm>

namespace clockwright {

std::string SourceLine::location() const {
    return fmt::format("{}:{}", file, line);
}

const Directive* DaemonConfig::find(std::string_view name) const {
    const auto found = all(name);
    return found.empty() ? nullptr : found.back();
}

std::vector<const Directive*> DaemonConfig::all(std::string_view name) const {
    std::vector<const Directive*> found;
    for (const auto& directive : directives)
        if (same_word(directive.name, name)) found.push_back(&directive);
    return found;
}

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        const auto lower = [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        };
        return lower(x) == lower(y);
    });
}

}  // namespace clockwright
