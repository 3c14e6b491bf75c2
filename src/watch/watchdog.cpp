#include "watch/watchdog.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace clockwright {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t at_most = 3;
constexpr auto memory = 6h;
constexpr auto patience = 3min;
constexpr std::chrono::minutes longest_rest = 1h;

/// After the n-th restart: 1, 2, 4 … min until the next one.
std::chrono::minutes rest_after(std::size_t restarts) {
    return std::min(longest_rest, std::chrono::minutes{1} * (1 << (restarts - 1)));
}

}  // namespace

Watchdog::Order Watchdog::look(const DaemonLife& life, SteadyTime now) {
    while (!restarts_.empty() && now - restarts_.front() > memory) restarts_.pop_front();
    if (!life.looked) return Order::none;
    if (life.running && life.answers) {
        seen_alive_ = true;
        gave_up_ = false;
        dead_since_.reset();
        return Order::none;
    }
    if (!seen_alive_) return Order::none;
    if (!dead_since_) dead_since_ = now;
    if (now - *dead_since_ < patience) return Order::none;
    if (!restarts_.empty() && now - restarts_.back() < rest_after(restarts_.size()) + patience) {
        return Order::none;
    }
    if (restarts_.size() >= at_most) {
        const bool told = std::exchange(gave_up_, true);
        return told ? Order::none : Order::give_up;
    }
    restarts_.push_back(now);
    return Order::restart;
}

}  // namespace clockwright
