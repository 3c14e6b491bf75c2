/// The tables of the record, and how those of an earlier release become them.
#pragma once

#include "store/database.h"

namespace clockwright::store {

/// What this release writes; kept in the file as `user_version`.
inline constexpr int schema_version = 3;

/// Which of them the file has: 0 for a new one. Not ours at all: DatabaseFault::corrupt; of a later
/// release: DatabaseFault::newer.
Attempt<int> version_of(const Database& database);

/// Step by step to `version`, each step in a transaction of its own.
Attempt<void> migrate(Database& database, int version = schema_version);

}  // namespace clockwright::store
