/// Port: this machine, as a plan needs it. It reads only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/action.h"
#include "result.h"

namespace clockwright {

/// A running program that matters to time.
struct ClockProgram {
    std::string name;  ///< "chronyd", "systemd-timesyncd", "phc2sys", …
    int pid = 0;
    std::vector<std::string> argv;
    bool may_set_clock = false;  ///< CAP_SYS_TIME effective
    bool told_not_to = false;    ///< -x, -n, free-running servo or its like
    std::string unit = {};       ///< "chrony.service"; empty: none of this system's services
    /// A hand on the wheel: can and does move this clock.
    bool steers() const { return may_set_clock && !told_not_to; }
};

class Host {
  public:
    virtual ~Host() = default;
    /// Links are followed, as the daemon follows them; larger than 4 MiB is an error.
    virtual Result<FileState> read(const std::string& path) const = 0;
    virtual std::vector<std::string> list(const std::string& directory,
                                          std::string_view suffix) const = 0;
    virtual std::vector<std::string> glob(const std::string& pattern) const = 0;
    /// Empty when our drop-in can be written there, else the reason (read-only, a store link …).
    virtual std::string why_not_writable(const std::string& directory) const = 0;
    /// What a link points to; empty when the path is none. Files behind a link are never written.
    virtual std::string link_target(const std::string& path) const = 0;
    virtual std::vector<ClockProgram> clock_programs() const = 0;
};

}  // namespace clockwright
