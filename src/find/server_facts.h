/// All that is known of one server, from the catalogue, a fetched list and earlier runs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "find/block_list.h"
#include "find/server_list.h"

namespace clockwright {

struct ServerFacts {
    std::string host;
    std::string origin;  ///< "catalogue", "server list 42"; empty: only the user or a scan named it
    std::string operator_name, country, continent;
    std::string smear;  ///< "none", "unknown", "google", …
    std::string usage, usage_basis;
    std::string kind, timescale, status, confidence, notes, sources;
    bool nts = false;
    bool newcomer = false;  ///< of a list; the catalogue does not know it
    /// Why `--internet` does not ask it by itself; empty: it does.
    std::string withheld;
    std::optional<Standing> standing;  ///< with its block only while that is in force

    bool is_blocked() const { return standing && standing->block; }
    bool is_allowed() const { return standing && standing->allowance; }
};

/// `list` null: none was fetched.
ServerFacts facts_of(const HostName& host, const ServerList* list, const BlockList& blocks,
                     WallTime now);

/// The catalogue, the newcomers of the list, and whatever else is blocked or allowed; by host.
std::vector<ServerFacts> all_facts(const ServerList* list, const BlockList& blocks, WallTime now);

}  // namespace clockwright
