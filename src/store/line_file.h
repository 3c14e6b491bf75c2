/// A file that grows by lines, for whoever follows it; put aside when it is large, and in the end
/// deleted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "result.h"
#include "time/units.h"

namespace clockwright::store {

struct LineFileLimits {
    std::uint64_t rotate = 10U << 20U;  ///< octets; what would grow beyond is put aside
    std::uint64_t most = 200U << 20U;   ///< octets of all that was put aside
    Seconds keep{400 * 86400.0};        ///< what was put aside is kept so long
};

/// Opened anew each time, so that others may move it away. Readers see whole lines only.
class LineFile {
  public:
    static constexpr std::size_t most_waiting = std::size_t{1} << 20U;

    /// `head`: the first line of each file, with its newline; empty: none.
    LineFile(std::string path, std::string head, const LineFileLimits& limits)
        : path_(std::move(path)), head_(std::move(head)), limits_(limits) {}

    /// Lines with their newlines, in one write. Error: they wait in memory and go with the next
    /// call; beyond `most_waiting` the oldest are lost, and counted. `sure`: the clock may be
    /// believed, so that what is too old may be deleted by it.
    Result<void> append(std::string_view lines, WallTime now, bool sure);
    std::uint64_t lost() const { return lost_; }  ///< lines
    /// What waits for the old one waits for this, where both are one file with one head; where not
    /// it is lost.
    void follow(const LineFile& old);

  private:
    Result<void> write(WallTime now);
    Result<void> put_aside(WallTime now) const;
    void tidy(WallTime now, bool sure) const;

    std::string path_, head_;
    LineFileLimits limits_;
    std::string waiting_;
    bool tidy_due_ = true;
    std::uint64_t lost_ = 0;
};

}  // namespace clockwright::store
