/// What is remembered of servers beside their samples: blocks, allowances, the fetched list; and
/// what a run adds to it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/judgement.h"
#include "app/measure.h"
#include "find/block_list.h"
#include "find/catalogue.h"
#include "judge/candidate.h"
#include "store/list_cache.h"

namespace clockwright::app {

/// Empty with a remark where it is not ours to read; faulty files are Fault::bad_input.
Result<BlockList> known_blocks(const Config& config, std::string* remark = nullptr);
/// In the block list of this user, and of root also in that of the agent's service, which may not
/// read it.
Result<void> change_blocks(const Config& config, const std::function<void(BlockList&)>& change);
Result<std::optional<store::CachedList>> known_list(const Config& config);

/// Strangers that may be asked with `--internet`, most `limit`: those that the user allowed first
/// (known to the catalogue, or newcomers of a list that has not expired), then the catalogue's
/// proposals for this region that no list withholds. Unless `nts = off`, those known to speak NTS
/// are asked by NTS.
Result<std::vector<Candidate>> strangers(const Config& config, const std::optional<Region>& region,
                                         std::size_t limit);

/// True when a scan never blocks it by itself: on the command line, in `hosts` or the daemon's
/// configuration, or permitted.
bool is_listed_by_user(const Candidate& candidate);

/// Blocks and unblocks by what was heard in this run (`scan`, `apply`; `plan` learns nothing).
/// Returns remarks for people.
std::vector<std::string> remember_standings(const Judged& judged, const Measured& measured,
                                            const Config& config);

}  // namespace clockwright::app
