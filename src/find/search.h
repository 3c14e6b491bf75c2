/// The last search of the internet for servers: a new one once a day at most, and whom of it may be
/// asked until then (product.md, *Manners of a scan*).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "time/address.h"
#include "time/units.h"

namespace clockwright {

/// A stranger that the search asked: of the catalogue by its name, of a pool by its address too.
struct Searched {
    std::string host;
    std::optional<IpAddress> address;
    bool chosen = false;  ///< for the set: it is asked again, so that a change can be confirmed

    friend bool operator==(const Searched&, const Searched&) = default;
};

struct Search {
    WallTime at{};
    std::vector<Searched> asked;

    friend bool operator==(const Search&, const Search&) = default;
};

inline constexpr Seconds search_rest{24 * 3600.0};

/// When the next one may begin; empty: now. A clock that went back by less than an hour counts as
/// no time gone; a search from the future is forgotten.
std::optional<WallTime> next_search(const std::optional<Search>& last, WallTime now);

/// Whom a search found stays a candidate until the next one: within the hour all of them, for their
/// samples still serve; then those that were chosen.
std::vector<Searched> still_asked(const Search& last, WallTime now);

/// The one of this name, and of this address when it has one; null: none.
const Searched* find_searched(const std::vector<Searched>& asked, std::string_view host,
                              const std::optional<IpAddress>& address);

}  // namespace clockwright
