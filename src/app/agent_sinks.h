/// Hands on what the agent learns to files and databases, each beside the loop and by itself.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/file_sinks.h"
#include "app/influx_sink.h"
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
    void push();

    boost::asio::io_context& loop_;
    double splay_;
    std::string in_use_;                  ///< the settings that are
    std::unique_ptr<FileSinks> files_;    ///< used by `writing_` only; null: off
    std::unique_ptr<InfluxSink> influx_;  ///< used by `pushing_` only; null: off
    boost::asio::steady_timer again_;
    std::unique_ptr<system::Worker> writing_, pushing_;  // last: they use all the others
};

}  // namespace clockwright::app
