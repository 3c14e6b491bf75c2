/// Whole files by descriptor: what LocalHost and write_file read and write.
#pragma once

#include <sys/stat.h>

#include <expected>
#include <string>
#include <string_view>

#include "daemon/action.h"
#include "result.h"
#include "system/descriptor.h"

namespace clockwright::system {

inline constexpr std::size_t largest_file = std::size_t{4} << 20U;

/// "cannot read /etc/x: permission denied", with the fault that fits the errno value.
Error file_error(std::string_view verb, const std::string& path, int number);

/// A regular file, opened without following a link at its end; errno value, ELOOP for a link,
/// EINVAL for what is no regular file. `name` is relative to the open directory `at`, or absolute.
std::expected<Descriptor, int> open_regular(int at, const std::string& name);

/// To the end, at most `largest_file` octets; errno value, EFBIG for more.
std::expected<std::string, int> read_all(int descriptor);

/// errno value.
std::expected<void, int> write_all(int descriptor, std::string_view content);

/// The file `name` in the open directory `at` as it is now; `path` is for the state and messages.
/// Not there: `exists` is false, no error.
Result<FileState> read_state(int at, const std::string& name, const std::string& path);

}  // namespace clockwright::system
