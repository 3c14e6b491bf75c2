/// The key exchanges of one scan, all at the same time: each brings keys, and where they are good.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

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

    KeyRound(boost::asio::io_context& context, const ScanSettings& settings, TrustAnchors anchors);

    /// `on_keys` is called once, from the loop.
    void begin(const HostName& host, const Endpoint& at, WallTime now, OnKeys on_keys);

  private:
    /// One exchange, and the look-up of the server it names.
    struct Course {
        Endpoint asked;
        OnKeys on_keys;
        KeyOutcome outcome;
        std::unique_ptr<KeyExchange> exchange;
        std::unique_ptr<Resolver> resolver;
    };

    void exchanged(Course& course, KeyOutcome outcome);
    void find_server(Course& course);
    void found(Course& course, const Resolved& server);
    static void refuse(Course& course, NtsFailure failure, std::string why);

    boost::asio::io_context& context_;
    const ScanSettings& settings_;
    TrustAnchors anchors_;
    std::vector<std::unique_ptr<Course>> courses_;
};

}  // namespace clockwright::system
