#include "time/source.h"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace clockwright {
namespace {

constexpr std::array<std::pair<Smear, std::string_view>, 6> smear_words{{
    {Smear::none, "none"},
    {Smear::unknown, "unknown"},
    {Smear::google, "google"},
    {Smear::aws, "aws"},
    {Smear::facebook, "facebook"},
    {Smear::other, "other"},
}};

std::string_view to_string(Origin::Kind kind) {
    switch (kind) {
        case Origin::Kind::command_line:
            return "command line";
        case Origin::Kind::hosts:
            return "hosts";
        case Origin::Kind::daemon:
            return "daemon";
        case Origin::Kind::lease:
            return "lease";
        case Origin::Kind::platform:
            return "platform";
        case Origin::Kind::catalogue:
            return "catalogue";
        case Origin::Kind::pool:
            return "pool";
        case Origin::Kind::replay:
            return "replay";
    }
    std::unreachable();
}

}  // namespace

std::string_view to_string(Authentication authentication) {
    return authentication == Authentication::nts ? "nts" : "none";
}

std::string_view to_string(Smear smear) {
    for (const auto& [value, word] : smear_words) {
        if (value == smear) {
            return word;
        }
    }
    std::unreachable();
}

Smear parse_smear(std::string_view text) {
    if (text.empty()) {
        return Smear::unknown;
    }
    for (const auto& [value, word] : smear_words) {
        if (word == text) {
            return value;
        }
    }
    return Smear::other;
}

std::string_view to_string(TrustDomain domain) {
    switch (domain) {
        case TrustDomain::public_internet:
            return "public";
        case TrustDomain::internal:
            return "internal";
        case TrustDomain::platform:
            return "platform";
    }
    std::unreachable();
}

std::string to_string(const Origin& origin) {
    if (origin.file.empty()) {
        return std::string(to_string(origin.kind));
    }
    return origin.line > 0 ? fmt::format("{}:{}", origin.file, origin.line) : origin.file;
}

}  // namespace clockwright
