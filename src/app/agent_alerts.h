/// Tells alerts by every configured channel, each with a queue that loses nothing.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <vector>

#include "app/alert_channels.h"
#include "app/config.h"
#include "system/worker.h"
#include "watch/delivery_queue.h"
#include "watch/notice_limit.h"

namespace clockwright::app {

class AgentAlerts {
  public:
    AgentAlerts(boost::asio::io_context& loop, const Config& config);

    /// After the configuration changed. What waits for a channel that is still there goes on
    /// waiting; a channel that is gone is told nothing more.
    void use(const Config& config);

    /// Into the log at once, into the channels as fast as they take it.
    void tell(const std::vector<AlertNotice>& notices);

  private:
    struct Lane {
        Lane(AlertChannel to, boost::asio::io_context& loop)
            : channel(std::move(to)), again(loop) {}

        AlertChannel channel;
        DeliveryQueue queue;
        boost::asio::steady_timer again;
        bool fault_told = false;  ///< the same failure is said once until it changes
        bool wanted = true;       ///< false: no longer configured; a delivery may be under way
    };

    void send(Lane& lane);
    void sent(Lane& lane, const Result<void>& arrived);

    boost::asio::io_context& loop_;
    AlertContext context_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    system::Worker sending_;
};

}  // namespace clockwright::app
