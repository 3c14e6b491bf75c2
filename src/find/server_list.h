/// A signed list of public servers that was fetched: what it says, and the little it may do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "find/catalogue.h"
#include "result.h"
#include "time/source.h"
#include "time/units.h"

namespace clockwright {

enum class Usage : std::uint8_t { open, notify, restricted };

std::string_view to_string(Usage usage);  ///< "open", "notify", "restricted"

struct ListedServer {
    std::string host;  ///< lower case
    std::string operator_name, country;
    Smear smear = Smear::unknown;
    Usage usage = Usage::open;
    bool silent = false;  ///< the list's keeper got no answer
    bool nts = false;

    friend bool operator==(const ListedServer&, const ListedServer&) = default;
};

/// docs/server-list.md.
struct ServerList {
    std::int64_t version = 0;
    WallTime issued{}, expires{};
    std::vector<ListedServer> servers;  ///< sorted by host, each once

    friend bool operator==(const ServerList&, const ServerList&) = default;
};

inline constexpr std::size_t largest_server_list = std::size_t{4} << 20U;

/// The signed payload. Fault::bad_input with the place of each fault (ten at most); HTML is named
/// as what it is.
Result<ServerList> parse_server_list(std::string_view text);

/// Why `fresh` may not take the place of the list that is known (version 0: none); empty when it
/// may. An older or equal version would undo what was learnt since; an expired one says nothing.
std::string why_not_newer(const ServerList& fresh, std::int64_t known_version, WallTime now);

const ListedServer* find_in_list(const ServerList& list, std::string_view host);

/// A list only takes away: why it withholds a server that the catalogue would propose ("the list
/// says that it is restricted"); empty when it does not. It never opens one.
std::string why_withheld(const ServerList& list, const CatalogueServer& known);

/// The hosts that the catalogue does not know. They enter no set until the user allows each, and
/// count together as one operator, whatever the list calls theirs.
std::vector<const ListedServer*> newcomers(const ServerList& list);

inline constexpr std::string_view unverified_operator = "unverified list";

}  // namespace clockwright
