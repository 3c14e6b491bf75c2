/// The last server list that was fetched and verified, for the days without a network.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "find/server_list.h"
#include "result.h"

namespace clockwright::store {

struct CachedList {
    ServerList list;
    std::string from;  ///< the URL that gave it
    WallTime fetched_at{};
    std::string payload, signature;  ///< as they came
};

/// `<state>/server-list.json`, versioned, 0600. Missing: empty. As root it must be root's and
/// nobody else's to write; what cannot be read is Fault::bad_input.
Result<std::optional<CachedList>> load_list(const std::string& state_directory);

/// Atomic. `list` is not written: the payload says it all.
Result<void> save_list(const std::string& state_directory, const CachedList& cached);

/// Saves what `decide` makes of the list that is there then, or passes its error on; no other run
/// comes in between.
Result<void> change_list(
    const std::string& state_directory,
    const std::function<Result<CachedList>(const std::optional<CachedList>& there)>& decide);

}  // namespace clockwright::store
