/// A small file of ours that is written anew every few seconds, where it lies.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "result.h"
#include "system/descriptor.h"

namespace clockwright::system {

/// To put another file in its place each time (`write_new_file`) costs an inode, a journal entry
/// and a write to the disk; to write into it costs nothing of that, and needs no room on a full
/// disk. Whoever reads just then may see the beginning of one text and the end of another: the text
/// must show that itself. It is worth nothing after a loss of power.
class RewrittenFile {
  public:
    explicit RewrittenFile(std::string path) : path_(std::move(path)) {}

    /// Mode 0644 less the umask. What lay there before this one's first text, a link too, goes; one
    /// that was taken away since is made anew. A text shorter than the one before is followed by
    /// blanks.
    Result<void> write(std::string_view text);
    /// Takes the file away; the next text makes it anew.
    void remove();

  private:
    std::string path_;
    Descriptor file_;
    std::size_t length_ = 0;  ///< of what lies there
};

}  // namespace clockwright::system
