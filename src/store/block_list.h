/// Who is not asked and who is allowed, over restarts.
#pragma once

#include <functional>
#include <string>

#include "find/block_list.h"
#include "result.h"

namespace clockwright::store {

/// `<state>/block-list.json`, versioned, 0600. Missing: empty. As root it must be root's and nobody
/// else's to write. A torn, newer or altered file is Fault::bad_input with the place of each fault:
/// a block is not lost without a word.
Result<BlockList> load_block_list(const std::string& state_directory);

/// Loads, changes and saves it atomically, alone: two runs at once lose nothing.
Result<void> change_block_list(const std::string& state_directory,
                               const std::function<void(BlockList&)>& change);

}  // namespace clockwright::store
