/// Talks the control protocol to a chronyd: over its Unix socket, or over UDP for what is open
/// there.
#pragma once

#include <memory>
#include <string>

#include "daemon/action.h"
#include "daemon/chrony_control.h"
#include "daemon/state.h"
#include "result.h"

namespace clockwright::system {

/// Where a chronyd listens: a socket path, or "127.0.0.1:323" / "[::1]:323".
struct ChronyAddress {
    std::string text;
    bool is_path() const { return text.starts_with('/'); }
};

/// One conversation. Every request is sent up to three times (0.1 s, 0.2 s, 0.4 s) with a new
/// sequence; never blocks longer. The reply socket beside chronyd's is removed in the end.
class ChronySocket {
  public:
    /// Faults: not_permitted (the directory or socket is closed to us), unreachable (nobody there).
    static Result<ChronySocket> open(const ChronyAddress& address);
    ChronySocket(ChronySocket&&) noexcept;
    ChronySocket& operator=(ChronySocket&&) noexcept;
    ~ChronySocket();

    /// Everything the daemon says: tracking, each source with name, stats, select and auth data.
    /// Over UDP `complete` is false. Enumeration is not atomic: re-read up to three times.
    Result<DaemonState> read_state();

    Result<void> reload_sources();
    Result<void> burst(int samples);  ///< every source at once; they are measured afterwards
    /// What it is about to correct, at once; a chronyd that only watches (-x) fails.
    Result<void> make_step();
    Result<void> delete_source(const IpAddress& address);  ///< not there: success
    /// Every place of this name that has no address yet; none: success.
    Result<void> delete_unresolved(const std::string& name);
    Result<void> add_source(const SourceLine& line);  ///< already there: success

  private:
    struct Impl;
    explicit ChronySocket(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace clockwright::system
