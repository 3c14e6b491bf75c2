/// A sign of life for a monitor outside, as long as all is well.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>

#include "app/fault_once.h"
#include "app/sink_settings.h"
#include "publish/snapshot.h"
#include "system/worker.h"

namespace clockwright::app {

/// This clock is demonstrated, and nothing critical fires of which nobody knows.
bool is_well(const Snapshot& snapshot);

class Heartbeat {
  public:
    explicit Heartbeat(boost::asio::io_context& loop) : loop_(loop) {}

    void use(const HeartbeatSettings& settings) { settings_ = settings; }
    /// Posts when all is well and it is time; nothing waits for it. True: a post began. After one
    /// that failed the next is due in 20 s, or in the interval where that is shorter.
    bool show(const Snapshot& snapshot, SteadyTime now);

  private:
    boost::asio::io_context& loop_;
    HeartbeatSettings settings_;
    std::optional<SteadyTime> next_;  ///< empty: at once
    bool posting_ = false;
    FaultOnce fault_;
    std::unique_ptr<system::Worker> worker_;  ///< null: not wanted yet
};

}  // namespace clockwright::app
