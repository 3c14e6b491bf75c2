/// The zones of the NTP pool: which to ask from where, and whose a pool name is.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "find/catalogue.h"
#include "time/address.h"

namespace clockwright {

/// With fewer answering addresses a zone is thin (rule C-5); more are never asked.
inline constexpr std::size_t members_of_a_zone = 4;

/// The names to resolve, nearest zone first: country, continent, the whole world. The time zone is
/// a hint only: without a region, or where the pool has no zone, the world alone. Each name begins
/// with "2.", for only these have IPv6 addresses too.
std::vector<std::string> pool_names(const std::optional<Region>& region);

/// What one of these names resolved to.
struct ZoneAnswer {
    std::string name;
    std::vector<IpAddress> addresses;
};

struct ZoneChoice {
    std::string name;                 ///< empty: no zone answers
    std::vector<IpAddress> members;   ///< distinct, at most `members_of_a_zone`
    std::vector<std::string> passed;  ///< "2.li.pool.ntp.org has only 1 address"
};

/// The first zone with enough distinct public addresses; when all are thin, the one with the most.
ZoneChoice choose_zone(std::span<const ZoneAnswer> answers);

/// pool.ntp.org and what lies below it, ignoring case and a dot at the end.
bool is_pool_name(std::string_view host);

/// "debian" of "0.debian.pool.ntp.org": the vendor whose products alone may use the name; empty for
/// zones that are everybody's and for what is no pool name.
std::string vendor_of_pool_name(std::string_view host);

}  // namespace clockwright
