/// The file of the record: where it is, whose it must be, and what becomes of one we cannot use.
#pragma once

#include <string>

#include "result.h"
#include "time/units.h"

namespace clockwright::store {

std::string record_path(const std::string& state_directory);
/// Beside the record: what was written last and is not in it yet.
std::string log_path(const std::string& record);

/// Makes the directory and an empty file, 0640, when they are missing. A link, no regular file, or
/// (as root) another's file is Fault::bad_input.
Result<void> prepare_record(const std::string& path);

/// The same for reading, where the file may also belong to whom its directory belongs: the agent
/// needs not be root.
Result<void> check_record(const std::string& path);

/// Renames a file, and a record's log with it, to `record.sqlite.WHY-2026-11-20T18:04:11Z`; the new
/// path.
Result<std::string> set_aside(const std::string& path, const std::string& why, WallTime now);

}  // namespace clockwright::store
