/// Files that survive a crash: read whole, replaced atomically, their directories synced.
#pragma once

#include <string>
#include <string_view>

#include "result.h"

namespace clockwright::store {

/// An open file descriptor, closed in the end.
class Descriptor {
  public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();

    int number() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }
    int release();

  private:
    int number_;
};

/// Fault::not_permitted or Fault::failed from errno: "cannot WHAT PATH: reason".
Error last_error(std::string_view what, const std::string& path);

/// Makes a directory and those above it, 0700. As root it must be root's and nobody else's to
/// write.
Result<void> make_private_directory(const std::string& path);

/// Not through a link at the end. `missing` is set when there is no such file.
Result<std::string> read_file(const std::string& path, bool* missing = nullptr);

/// The same for a file that decides what we do: as root it must be root's and nobody else's to
/// write; else, and when it is a link, no regular file or larger than 64 MiB, Fault::bad_input.
Result<std::string> read_own_file(const std::string& path, bool* missing = nullptr);

/// The same for a secret, which nobody else may even read.
Result<std::string> read_secret_file(const std::string& path, bool* missing = nullptr);

/// A temporary file beside it, 0600, fsync, rename, fsync of the directory.
Result<void> replace_file(const std::string& path, std::string_view content);

/// The same without waiting for the disk: the end of this process loses nothing, a power cut may
/// until `sync_file` was called.
Result<void> put_file(const std::string& path, std::string_view content);

/// The file that is there now, and its name, outlast a power cut.
Result<void> sync_file(const std::string& path);

/// Writes all of it; a short write is an error.
Result<void> write_all(const Descriptor& file, std::string_view bytes, const std::string& path);

Result<void> sync_directory_of(const std::string& path);

}  // namespace clockwright::store
