/// Files a user names on the command line: worlds, recordings, saved plans.
#pragma once

#include <string>
#include <string_view>

#include "result.h"

namespace clockwright::system {

/// At most 64 MiB. Fault::bad_input when it cannot be read.
Result<std::string> read_file(const std::string& path);

/// `fleeting`: a power cut may lose it, so the disk is not waited for.
enum class Keep : bool { lasting, fleeting };

/// Written beside the target and renamed, so that nobody sees half of it; a device or pipe is
/// written directly, and so is what is open as /dev/stdout or /dev/fd/N. A link stays one. Mode
/// 0644 less the umask.
Result<void> write_new_file(const std::string& path, std::string_view content,
                            Keep keep = Keep::lasting);

/// The directory of a file to come, mode 0755 less the umask, when it alone is missing.
Result<void> make_directory_of(const std::string& path);

/// A file of ours that nobody needs any more; one that is not there is no fault.
void remove_file(const std::string& path);

}  // namespace clockwright::system
