/// Lines that wait on disk until somebody has them: added at the end, taken at the front, bounded.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "result.h"
#include "store/durable_file.h"
#include "store/spool_lines.h"

namespace clockwright::store {

/// A directory of files of lines, the oldest first. What was taken and not dropped is there again
/// after a crash; what was dropped may be, too: whoever gets the lines must bear some twice. Lines
/// are not synced: a crash of the machine may lose the last seconds. Used by one thread.
class Spool {
  public:
    static constexpr std::size_t most_in_memory = std::size_t{4} << 20U;

    /// The directory is made when it is missing. `most`: octets on disk. Fault::bad_input when it
    /// is not ours alone.
    static Result<Spool> open(std::string directory, std::uint64_t most);

    /// From now on. `most`: octets on disk.
    void limit(std::uint64_t most);
    /// Each line with its newline. A directory that somebody removed is made again. Error: they
    /// could not be written and wait in memory, from where they go with the next call.
    Result<void> append(std::string_view lines);
    /// At the front, on disk or else in memory; none: nothing waits. A file that cannot be read
    /// holds up none behind it: it is renamed "N.unread", and one that is gone is forgotten.
    Result<SpoolLines> front(std::size_t most, std::size_t most_octets);
    /// The last whole line on disk, which stays where it is; none: nothing waits on disk.
    Result<SpoolLines> newest() const;
    /// What `front` gave last is done with; lines whose file has gone since, to make room, are so
    /// already.
    Result<void> drop(const SpoolLines& lines);
    /// Keeps a line that nobody will take in `refused.lines`; error: that is full, or cannot be
    /// written.
    Result<void> set_aside(std::string_view line);

    std::uint64_t octets() const;                       ///< that wait on disk
    std::uint64_t lost() const { return lost_; }        ///< lines for which there was no room
    std::uint64_t damaged() const { return damaged_; }  ///< lines that a crash spoiled
    std::uint64_t unread() const { return unread_; }    ///< files that were gone, or put aside

  private:
    struct File {
        std::uint64_t number = 0, size = 0;
    };

    Spool(std::string directory, std::uint64_t most);
    Result<void> find_files();
    void find_place();
    Result<std::optional<std::string>> read_first();
    Result<void> write(std::string_view lines);
    Result<void> make_room(std::size_t octets);
    Result<void> remove_front();
    Result<void> keep_place() const;
    SpoolLines front_of_memory(std::size_t most, std::size_t most_octets);
    void forget_memory(std::size_t octets);
    std::string place_file() const { return directory_ + "/place"; }
    std::string path_of(std::uint64_t number, std::string_view suffix = ".lines") const;
    bool is_written_to(const File& file) const { return &file == &files_.back() && bool(writing_); }

    std::string directory_;
    std::uint64_t most_ = 0, most_in_file_ = 0;
    std::deque<File> files_;   ///< oldest first
    std::uint64_t next_ = 1;   ///< number of the next one: none comes twice while this lives
    std::uint64_t taken_ = 0;  ///< octets of the first that are done with
    Descriptor writing_;       ///< to the last one; empty: the next line begins another
    std::string in_memory_;
    std::size_t lent_ = 0;  ///< octets of that which `front` gave
    std::uint64_t lost_ = 0, damaged_ = 0, unread_ = 0;
};

}  // namespace clockwright::store
