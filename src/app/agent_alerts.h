/// Tells alerts by every configured channel, each with a thread of its own and a queue that loses
/// nothing, over restarts too.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "app/alert_channels.h"
#include "app/config.h"
#include "app/fault_once.h"
#include "app/loss_count.h"
#include "system/worker.h"
#include "watch/alert_notice.h"
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

    /// Some channel is told of such.
    bool tells(NoticeClass notice) const;

    /// Waits for what is under way, and keeps what has not arrived; nothing may be told after it.
    void finish();

  private:
    struct Lane : std::enable_shared_from_this<Lane> {
        Lane(AlertChannel to, boost::asio::io_context& loop)
            : channel(std::move(to)), again(loop), sending(loop) {}

        AlertChannel channel;
        DeliveryQueue queue;
        NoticeLimit limit;
        bool held_back = false;  ///< by the limit: what waits goes as one
        WallTime first_tried{};  ///< of what is tried now
        boost::asio::steady_timer again;
        FaultOnce fault;
        LossCount losses;
        /// Of the delivery in hand; written by `sending`, read when it is done with it.
        std::optional<DeliveryAnswer> came_out{};
        bool wanted = true;  ///< false: no longer configured, and gone when nothing is under way
        bool sends = false;  ///< a delivery is under way
        system::Worker sending;
    };

    void send(Lane& lane);
    void sent(Lane& lane);
    void restore();
    void save();
    void drop_unwanted();

    boost::asio::io_context& loop_;
    AlertContext context_;
    std::string file_;   ///< keeps what waits
    std::string saved_;  ///< as it lies there
    FaultOnce file_fault_;
    std::vector<std::shared_ptr<Lane>> lanes_;
    bool ending_ = false;
    system::Worker syncing_;
};

}  // namespace clockwright::app
