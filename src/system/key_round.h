/// The key exchanges of one scan, many at the same time: each brings keys, and where they are good.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "ntp/exchange_backoff.h"
#include "system/key_exchange.h"
#include "system/resolver.h"
#include "system/scan_driver.h"

namespace clockwright::system {

class KeyRound {
  public:
    /// With keys `at` is where NTP is asked; without, `report` says why.
    struct Got {
        std::optional<ntp::NtsKeys> keys;
        Endpoint at;
        NtsReport report;
    };
    using OnKeys = std::function<void(Got)>;

    /// `backoff` is told of every exchange with a stranger.
    KeyRound(boost::asio::io_context& context, const ScanSettings& settings, TrustAnchors anchors,
             ntp::ExchangeBackoff& backoff);

    /// Queues an exchange; it counts as begun. `on_keys` is called once, from the loop.
    void ask(const HostName& host, const Endpoint& at, OnKeys on_keys);

    /// Begins what is queued, so many as may run at a time.
    void turn();

    bool idle() const { return queue_.empty() && running_ == 0; }

    /// What came of it all, to be remembered beside the exchange.
    void report(const HostName& host, const Endpoint& at, const NtsReport& report);

  private:
    /// One exchange, and the look-up of the server it names.
    struct Course {
        HostName host;
        Endpoint asked;
        OnKeys on_keys;
        KeyOutcome outcome;
        std::unique_ptr<KeyExchange> exchange;
        std::unique_ptr<Resolver> resolver;
    };

    void begin(Course& course);
    void exchanged(Course& course, KeyOutcome outcome);
    void find_server(Course& course);
    void found(Course& course, const Resolved& server);
    void refuse(Course& course, NtsFailure failure, std::string why);
    void end(Course& course, Got got);

    boost::asio::io_context& context_;
    const ScanSettings& settings_;
    TrustAnchors anchors_;
    ntp::ExchangeBackoff& backoff_;
    std::vector<std::unique_ptr<Course>> courses_;
    std::deque<Course*> queue_;
    std::size_t running_ = 0;
};

}  // namespace clockwright::system
