/// Hands on what the agent learns to files and databases, each beside the loop and by itself.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/file_sinks.h"
#include "app/heartbeat.h"
#include "app/push_lane.h"
#include "publish/poll_windows.h"
#include "publish/remote_write.h"
#include "system/worker.h"

namespace clockwright::app {

class AgentSinks {
  public:
    /// `splay`: 0–1, of this host.
    AgentSinks(boost::asio::io_context& loop, const Config& config, double splay);

    /// After the configuration changed. What waits in a spool goes on waiting.
    void use(const Config& config);
    void tell(const std::vector<Record>& rows);
    void show(const Snapshot& snapshot);
    /// Writes what was told; nothing may be told after it.
    void finish();

  private:
    void take(const Config& config);
    void use_files();
    void show_samples(WallTime at);
    void wait_to_repeat();
    void repeat();

    boost::asio::io_context& loop_;
    double splay_;
    std::string host_;
    Config config_;                                  ///< that is in use
    std::optional<PushLane> influx_, remote_write_;  ///< empty: never wanted
    std::shared_ptr<RemoteWriteLines> samples_;      ///< used by `remote_write_`'s thread only
    std::shared_ptr<PollWindows> polls_;             ///< used by `influx_`'s thread only
    std::optional<SteadyTime> sampled_;              ///< when they were last taken
    Heartbeat heartbeat_;
    std::shared_ptr<const Snapshot> shown_;    ///< the last one; null: none, or nobody wants it
    boost::asio::steady_timer again_;          ///< to repeat it: a cycle may be half an hour
    std::unique_ptr<FileSinks> files_;         ///< used by `writing_` only; null: off
    std::unique_ptr<system::Worker> writing_;  // last: it uses all the others
};

}  // namespace clockwright::app
