#include "lab/rehearsal.h"

#include <algorithm>
#include <queue>
#include <random>
#include <utility>

#include "lab/server.h"

namespace clockwright::lab {
namespace {

using std::chrono::nanoseconds;

constexpr WallTime true_start{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

/// A reply on its way to the client.
struct Arriving {
    nanoseconds at;
    std::size_t number;  // of the datagram: order among equals
    ntp::TargetId target;
    std::vector<std::uint8_t> bytes;

    bool operator>(const Arriving& other) const {
        return std::pair(at, number) > std::pair(other.at, other.number);
    }
};

/// The client's side and the wire. Time is nanoseconds since the first packet.
class Stage {
  public:
    Stage(const World& world, const RehearsalSettings& settings)
        : settings_(settings),
          servers_(servers_of(world)),
          random_(settings.seed),
          poller_(budget_, ntp::Self{}, [this] { return random_(); }) {
        for (const ServerSpec& spec : world.servers) {
            poller_.add({.endpoint = spec.endpoint,
                         .samples = settings.samples,
                         .spacing = settings.spacing},
                        now());
        }
    }

    Rehearsal run() {
        while (!poller_.done()) {
            const bool reply_first = !wire_.empty() && wire_.top().at <= next_tick();
            time_ = std::max(time_, reply_first ? wire_.top().at : next_tick());
            if (reply_first) {
                deliver();
            } else {
                poller_.tick(now(), effects_);
            }
            carry();
        }
        Rehearsal result{.series = {}, .took = time_};
        for (ntp::TargetId target = 0; target < poller_.size(); ++target) {
            result.series.push_back(poller_.series(target));
        }
        return result;
    }

  private:
    WallTime true_time() const { return true_start + time_; }

    /// The client's wall clock has its error and drift; its steady clock is true.
    Now now() const {
        const Seconds gained = settings_.client_drift.value * 1e-6 * Seconds{time_};
        return {.wall = true_time() + to_nanoseconds(settings_.client_error + gained),
                .steady = SteadyTime{time_}};
    }

    nanoseconds next_tick() const {
        return poller_.next_tick().value_or(SteadyTime::max()).time_since_epoch();
    }

    void deliver() {
        const Arriving reply = wire_.top();
        wire_.pop();
        const ntp::Arrival arrival{
            .from = poller_.target(reply.target).endpoint, .t4 = now().wall, .at = now().steady};
        poller_.received(reply.target, arrival, reply.bytes, effects_);
    }

    void carry() {
        for (const ntp::Send& send : effects_.sends) {
            poller_.sent(send.target, now().wall);
            auto reply = servers_[send.target].answer(send.bytes, true_time(),
                                                      settings_.begin + Seconds{time_});
            if (reply) {
                wire_.push({.at = time_ + to_nanoseconds(reply->after),
                            .number = datagrams_++,
                            .target = send.target,
                            .bytes = std::move(reply->bytes)});
            }
        }
        effects_.sends.clear();
        effects_.finished.clear();
    }

    RehearsalSettings settings_;
    std::vector<Server> servers_;
    std::mt19937_64 random_;
    ntp::RateBudget budget_;
    ntp::Poller poller_;
    ntp::Effects effects_;
    std::priority_queue<Arriving, std::vector<Arriving>, std::greater<>> wire_;
    nanoseconds time_{0};
    std::size_t datagrams_ = 0;
};

}  // namespace

Rehearsal rehearse(const World& world, const RehearsalSettings& settings) {
    return Stage(world, settings).run();
}

}  // namespace clockwright::lab
