#include "app/leap_source.h"

#include <optional>
#include <string>

#include "system/digest.h"

namespace clockwright::app {
namespace {

constexpr const char* directory = "/usr/share/zoneinfo/";

std::optional<std::string> content_of(const Host& host, const char* name) {
    auto file = host.read(std::string(directory) + name);
    if (!file || !file->exists) return std::nullopt;
    return std::move(file->content);
}

std::optional<LeapTable> from_list(const Host& host) {
    const auto text = content_of(host, "leap-seconds.list");
    if (!text) return std::nullopt;
    auto list = parse_leap_list(*text);
    if (!list || list->sha1 != system::sha1_hex(list->hashed)) return std::nullopt;
    return std::move(list->table);
}

std::optional<LeapTable> from_tzdata(const Host& host) {
    const auto text = content_of(host, "leapseconds");
    if (!text) return std::nullopt;
    auto table = parse_tz_leapseconds(*text);
    return table ? std::optional(std::move(*table)) : std::nullopt;
}

}  // namespace

LeapTable leap_table(const Host& host) {
    LeapTable best = known_leap_table();
    for (auto found : {from_list(host), from_tzdata(host)}) {
        if (found && found->expires > best.expires) best = std::move(*found);
    }
    return best;
}

}  // namespace clockwright::app
