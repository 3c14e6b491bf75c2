/// What `servers` shows: the catalogue and what is remembered, as text and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "find/server_facts.h"

namespace clockwright {

/// The fetched list that stands behind some of it.
struct ListReport {
    std::int64_t version = 0;
    std::string from;
    WallTime fetched_at{}, expires{};
};

struct ServersReport {
    WallTime at{};
    std::optional<ListReport> list;
    std::vector<ServerFacts> servers;  ///< those that were asked for
    std::size_t known = 0;             ///< all that are known
};

std::string servers_text(const ServersReport& report);
std::string servers_json(const ServersReport& report);

std::string server_text(const ServerFacts& facts);
/// One element of `servers_json`, as a document.
std::string server_json(const ServerFacts& facts);

/// "Server list 42 of https://…, fetched 12 d ago; it expires at …."; empty without one.
std::string list_text(const std::optional<ListReport>& list, WallTime now);

}  // namespace clockwright
