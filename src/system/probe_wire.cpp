#include "system/probe_wire.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <future>
#include <system_error>
#include <thread>
#include <utility>

#include "system/clock.h"
#include "system/descriptor.h"
#include "system/step_guard.h"

namespace clockwright::system {

namespace {

constexpr Seconds gathering{200e-6};          ///< how long a burst of replies may collect
constexpr Seconds retry_sending{1e-3};        ///< after the kernel had no room for a datagram
constexpr std::size_t batch = 64;             ///< so many are answered while the next open sockets
constexpr std::size_t worth_a_look = 64;      ///< packets of one burst: the first are answered when
                                              ///< the last has left
constexpr std::size_t few_targets = 40;       ///< as many as a polite scan may ask of strangers
constexpr std::size_t largest_reply = 2048;   ///< with eight cookies of NTS
constexpr std::size_t worth_a_thread = 100;   ///< sockets to close
constexpr std::size_t kept_descriptors = 32;  ///< for all that is no probe's socket

std::size_t sockets_allowed() {
    return std::max(raise_descriptor_limit(), kept_descriptors + 1) - kept_descriptors;
}

bool no_room(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS;
}

bool no_descriptor(int error) {
    return error == EMFILE || error == ENFILE;
}

/// Away from the processor that this runs on, where there is another: a scheduler may leave a new
/// thread behind the one that made it for a whole tick, with a processor idle.
void keep_from_here(std::thread& thread) {
    cpu_set_t others;
    if (::sched_getaffinity(0, sizeof others, &others) != 0) return;
    CPU_CLR(static_cast<std::size_t>(::sched_getcpu()), &others);
    if (CPU_COUNT(&others) > 0)
        ::pthread_setaffinity_np(thread.native_handle(), sizeof others, &others);
}

/// The kernel takes microseconds for each: the judgement of a thousand servers need not wait for
/// that. Few are closed at once.
void close_beside(std::vector<UdpSocket> sockets) {
    if (sockets.size() < worth_a_thread) return;
    try {
        std::promise<void> placed;  // one that has ended would be taken for the one that asks
        std::thread thread(
            [closed = std::move(sockets), is_placed = placed.get_future()] { is_placed.wait(); });
        keep_from_here(thread);
        placed.set_value();
        thread.detach();
    } catch (const std::system_error&) {
        return;  // no thread: they are closed by now
    }
}

}  // namespace

ProbeWire::ProbeWire(boost::asio::io_context& context, ntp::RateBudget& budget, ntp::Self self,
                     Seconds time_out, Callbacks callbacks, const ntp::Aead* aead,
                     KeptSockets* kept)
    : callbacks_(std::move(callbacks)),
      poller_(budget, std::move(self), RandomBits{}, time_out, aead),
      sockets_(context, gathering, [this](std::span<const ReadySocket> ready) { collect(ready); }),
      kept_(kept),
      timer_(context),
      channels_at_most_(sockets_allowed()) {}

Result<void> ProbeWire::open() {
    return sockets_.open();
}

void ProbeWire::close() {
    sockets_.close();
    close_beside(std::exchange(ended_, {}));
    timer_.cancel();
}

void ProbeWire::expect(std::size_t targets) {
    begin_ = read_clocks();
    probes_.reserve(targets);
    channels_.reserve(targets);
    poller_.expect(targets);
}

void ProbeWire::ask(ntp::Target target) {
    waiting_.push_back(probes_.size());
    probes_.push_back({.target = std::move(target), .id = std::nullopt});
}

void ProbeWire::turn() {
    send_burst(std::exchange(unsent_, {}));
    // Whoever begins in this turn begins at one moment, so that their later packets leave in one
    // burst.
    const Now begin = begin_ ? *std::exchange(begin_, std::nullopt) : read_clocks();
    bool can_begin = true;
    while (can_begin) {
        const bool more = begin_batch(begin);
        const int finished_before = finished_;
        poller_.tick(read_clocks(), effects_);
        perform();
        if (!more) {
            settle_sent();
        }
        can_begin = more || (finished_ > finished_before && !waiting_.empty());
    }
    arm();
    if (idle()) {
        callbacks_.idle();
    }
}

bool ProbeWire::many() const {
    return probes_.size() > few_targets;
}

bool ProbeWire::idle() const {
    return waiting_.empty() && unsent_.empty() && poller_.done();
}

ProbeWire::Ended ProbeWire::result(std::size_t number) const {
    const Probe& probe = probes_[number];
    return {.series = probe.id ? &poller_.series(*probe.id) : nullptr,
            .error = probe.error,
            .nts = probe.id ? poller_.nts(*probe.id) : nullptr};
}

Series ProbeWire::take_series(std::size_t number) {
    return poller_.take_series(*probes_[number].id);
}

/// True when more can begin after the packets of this batch have left.
bool ProbeWire::begin_batch(const Now& now) {
    std::size_t begun = 0;
    while (!waiting_.empty() && open_channels_ < channels_at_most_ && begun < batch &&
           begin(waiting_.front(), now)) {
        waiting_.pop_front();
        ++begun;
    }
    return begun == batch && !waiting_.empty();
}

std::expected<UdpSocket, int> ProbeWire::socket_to(const Endpoint& peer) {
    return kept_ != nullptr ? kept_->take(peer) : UdpSocket::connect(peer);
}

/// False when it must wait until another one gives its descriptor back.
bool ProbeWire::begin(std::size_t number, const Now& now) {
    Probe& probe = probes_[number];
    const Endpoint peer = probe.target.endpoint;
    auto socket = socket_to(peer);
    if (!socket && no_descriptor(socket.error()) && !ended_.empty()) {
        ended_.clear();
        socket = socket_to(peer);
    }
    if (!socket) {
        if (no_descriptor(socket.error()) && open_channels_ > 0) {
            return false;
        }
        probe.error = socket.error();
        ++finished_;
        return true;
    }
    probe.id = poller_.add(std::move(probe.target), now);
    channels_.push_back({.socket = std::move(*socket), .burst_at = {}});
    ++open_channels_;
    return true;
}

void ProbeWire::perform() {
    while (!effects_.sends.empty() || !effects_.finished.empty()) {
        std::swap(effects_, performing_);
        send_burst(performing_.sends);
        for (const ntp::Finished& finished : performing_.finished) {
            end(finished.target);
        }
        performing_.sends.clear();
        performing_.finished.clear();
    }
}

void ProbeWire::send_burst(std::span<const ntp::Send> sends) {
    const Now now = read_clocks();
    // Who keeps sockets asks again and again, and not to know a microsecond better.
    if (!sends.empty() && !many() && kept_ == nullptr) {
        (void)path_.warm();
    }
    for (const ntp::Send& send : sends) {
        transmit(send, now);
    }
}

void ProbeWire::transmit(const ntp::Send& send, const Now& now) {
    Channel& channel = channels_[send.target];
    if (!channel.socket) {
        return;
    }
    if (channel.watch != Watch::always && kept_ == nullptr && !many()) {
        // Nothing may be left there; the look brings the socket's memory near before it counts.
        (void)channel.socket->transmit_stamp();
    }
    const WallTime t1 = read_wall_clock();
    const auto sent = channel.socket->send(send.bytes);
    if (sent) {
        channel.burst_at = now;
        poller_.sent(send.target, t1);
        just_sent_.push_back(send.target);
    } else if (no_room(sent.error())) {
        unsent_.push_back(send);
    } else {
        poller_.failed(send.target, Rejection::refused, now, effects_);
    }
}

/// What can wait until all that is due has left: the kernel's stamps of it, and to watch for
/// answers. Who keeps sockets asks each second, mostly what is near: that has answered by the end
/// of `gathering`, and no watcher need be told of it, nor woken by it. So have most of a large
/// burst, once it has left.
void ProbeWire::settle_sent() {
    while (!just_sent_.empty()) {
        const bool look = kept_ != nullptr || just_sent_.size() >= worth_a_look;
        if (kept_ != nullptr) {
            std::this_thread::sleep_for(gathering);
        }
        for (const ntp::TargetId id : std::exchange(just_sent_, {})) {
            Channel& channel = channels_[id];
            if (!channel.socket) {
                continue;
            }
            if (const auto stamp = channel.socket->transmit_stamp()) {
                poller_.sent(id, *stamp);
            }
            if (look) {
                receive(id, read_clocks());
            }
            if (poller_.awaits(id)) {
                watch(id, channel.burst_at);
            }
        }
        perform();
    }
}

void ProbeWire::collect(std::span<const ReadySocket> ready) {
    const Now now = read_clocks();
    for (const ReadySocket& socket : ready) {
        Channel& channel = channels_[socket.index];
        if (!channel.socket) {
            continue;
        }
        if (socket.error) {
            if (const auto late_stamp = channel.socket->transmit_stamp()) {
                poller_.sent(socket.index, *late_stamp);
            }
        }
        receive(socket.index, now);
        if (channel.watch == Watch::once && poller_.awaits(socket.index)) {
            watch(socket.index, now);
        } else if (channel.watch == Watch::once) {
            sockets_.forget(channel.socket->descriptor());
            channel.watch = Watch::not_yet;
        }
    }
    turn();
}

/// Whatever comes for it next wakes us. A watcher that every send passes costs its stamp a
/// microsecond or two; to be without one costs a system call for each datagram. With many servers
/// the cost counts more.
void ProbeWire::watch(ntp::TargetId id, const Now& now) {
    Channel& channel = channels_[id];
    if (channel.watch == Watch::always) {
        return;
    }
    const int descriptor = channel.socket->descriptor();
    const bool always = many() && channel.watch == Watch::not_yet;
    if (always ? sockets_.add(descriptor, id)
               : sockets_.watch_once(descriptor, id, channel.watch == Watch::once)) {
        channel.watch = always ? Watch::always : Watch::once;
    } else {
        poller_.failed(id, Rejection::refused, now, effects_);
    }
}

void ProbeWire::receive(ntp::TargetId id, const Now& now) {
    std::array<std::uint8_t, largest_reply> buffer;
    Channel& channel = channels_[id];
    const std::expected<Datagram, int> datagram = channel.socket->receive(buffer);
    if (!datagram) {
        if (datagram.error() != EAGAIN && datagram.error() != EINTR) {
            poller_.failed(id, Rejection::refused, now, effects_);
        }
        return;
    }
    // A reply measured over a step is dropped: its probe will count as lost.
    if (wall_clock_stepped(channel.burst_at, now)) {
        return;
    }
    const WallTime t4 = datagram->stamp.value_or(now.wall);
    const ntp::Arrival arrival{
        .from = poller_.target(id).endpoint, .t4 = t4, .at = now.steady - (now.wall - t4)};
    poller_.received(id, arrival, std::span{buffer}.first(datagram->size), effects_);
}

void ProbeWire::end(ntp::TargetId id) {
    Channel& channel = channels_[id];
    if (!channel.socket) {
        return;
    }
    give_back(id);
    --open_channels_;
    ++finished_;
    if (callbacks_.progress) {
        callbacks_.progress(finished_);
    }
}

/// The socket of a server that answered as it should, to whoever keeps those. Any other is closed
/// when nobody has to wait for that, unless descriptors are few.
void ProbeWire::give_back(ntp::TargetId id) {
    std::optional<UdpSocket> socket = std::exchange(channels_[id].socket, {});
    const Series& series = poller_.series(id);
    if (channels_[id].watch != Watch::not_yet) sockets_.forget(socket->descriptor());
    if (kept_ != nullptr && !series.samples.empty() && series.rejections.empty())
        kept_->keep(poller_.target(id).endpoint, std::move(*socket));
    else if (open_channels_ + ended_.size() < channels_at_most_ / 2)
        ended_.push_back(std::move(*socket));
}

void ProbeWire::arm() {
    std::optional<SteadyTime> next = poller_.next_tick();
    const SteadyTime now = read_clocks().steady;
    if (!unsent_.empty()) {
        const SteadyTime again = now + to_nanoseconds(retry_sending);
        next = next ? std::min(*next, again) : again;
    }
    if (!next) {
        timer_.cancel();
        return;
    }
    // Ticks that lie close together are taken in one turn.
    timer_.expires_at(std::max(*next, now + to_nanoseconds(gathering)));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            turn();
        }
    });
}

}  // namespace clockwright::system
