/// The stage of the demo: two lab worlds, a private chronyd that cannot touch the clock, its files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "result.h"
#include "system/child.h"
#include "time/units.h"

namespace clockwright::app {

class DemoBed {
  public:
    /// Starts everything in a fresh directory; `chronyd` is the program to run, with -x.
    static Result<DemoBed> build(const std::string& chronyd);

    /// Runs our own program with this bed's configuration; its output goes to ours.
    Result<int> run(const std::vector<std::string>& words) const;
    /// Waits until chronyd follows a source, at most `limit`.
    bool wait_until_followed(Seconds limit) const;

    /// Names the near servers as candidates too, so that a better set appears …
    Result<void> offer_near_servers() const;
    /// … and lets them die: from now on they are silent.
    void kill_near_servers() { near_.reset(); }

    const std::string& directory() const { return directory_.path(); }

  private:
    DemoBed(system::TemporaryDirectory directory, int port)
        : directory_(std::move(directory)), port_(port) {}

    Result<void> write_files() const;
    Result<void> write_settings(bool with_near_servers) const;
    Result<system::Child> start_lab(const std::string& world) const;
    Result<void> start_daemon(const std::string& chronyd);
    std::string path(const std::string& name) const { return directory_.path() + "/" + name; }

    system::TemporaryDirectory directory_;
    int port_;
    std::optional<system::Child> far_, near_, daemon_;  ///< ended in the reverse order
};

}  // namespace clockwright::app
