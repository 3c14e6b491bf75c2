/// What the catalogue knows of a server beyond what choice needs: terms, kind, origin of the facts.
#pragma once

#include <span>
#include <string_view>

namespace clockwright {

struct CatalogueDetails {
    std::string_view host;
    std::string_view usage;        ///< open, restricted, notify
    std::string_view usage_basis;  ///< who says so: operator-statement, public-list, old-list
    std::string_view kind;         ///< host, dns-multi, anycast, pool
    std::string_view timescale;    ///< utc, utc-smeared, ut1
    std::string_view status;       ///< whether it answered when the list was refreshed
    std::string_view notes;
    std::string_view sources;  ///< where these facts are from
};

/// By name, ignoring case; empty when the catalogue does not know it.
const CatalogueDetails* catalogue_details(std::string_view host);

/// All, by name.
std::span<const CatalogueDetails> all_catalogue_details();

}  // namespace clockwright
