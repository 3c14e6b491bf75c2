/// The embedded catalogue of public time servers (data/catalogue.json): facts to recognise servers
/// by, and, only when the user asks for the internet, candidates.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "time/source.h"
#include "time/units.h"

namespace clockwright {

struct CatalogueServer {
    std::string_view host;  ///< lower case
    std::string_view operator_name, country, continent;
    std::string_view smear;
    char confidence = 'c';  ///< a: exchange recorded, b: maintained list, c: single or old list
    bool open = false;      ///< anybody may use it; else restricted, or to be notified
    bool utc = false;       ///< neither smeared nor UT1
    bool rotation = false;  ///< one name, many machines
    bool silent = false;    ///< did not answer at the last refresh of the list
    bool nts = false;
    bool notify = false;  ///< its operator wants to be told first
    ServerKind kind = ServerKind::host;
    Timescale timescale = Timescale::utc;
};

/// Where a time zone lies; a hint only.
struct Region {
    std::string_view country, continent;
};

/// By name, ignoring case; empty when the catalogue does not know it.
const CatalogueServer* find_in_catalogue(std::string_view host);

/// Of a tz database name like "Europe/Zurich"; empty for UTC and what the table does not know.
std::optional<Region> region_of(std::string_view time_zone);

/// A pool has its operator and its rule (no member smears) whatever the catalogue says of one name.
inline constexpr std::string_view pool_operator = "NTP Pool";

/// What may be proposed: open, UTC, confidence a or b, not silent. In rounds, three of an operator
/// at most in each, so that a cut list stays diverse. Within a round own country first, own
/// continent, no particular place, the rest; within each operators in turn, then better confidence;
/// names of one machine before those of many. At most `limit`.
std::vector<const CatalogueServer*> proposals(const std::optional<Region>& region,
                                              std::size_t limit);

/// Servers of the own country, or without one of the own continent, that would be proposed if their
/// operators did not want to be told first.
std::vector<const CatalogueServer*> to_be_told(const std::optional<Region>& region);

/// Operator, smear class, kind and time scale filled in from the catalogue where it knows the host,
/// or as the name of a pool tells; what is stated already stays.
void annotate(Source& source);

/// How far apart packets to this operator's servers must be (NIST: 4 s); 0: nothing asked.
Seconds operator_spacing(std::string_view operator_name);

}  // namespace clockwright
