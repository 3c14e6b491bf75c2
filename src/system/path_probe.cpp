#include "system/path_probe.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>

#include "ntp/exchange.h"
#include "ntp/extension.h"
#include "system/clock.h"
#include "system/descriptor.h"
#include "system/event_loop.h"
#include "system/random_bits.h"
#include "system/udp_socket.h"
#include "system/wait.h"

namespace clockwright::system {

namespace {

constexpr std::uint16_t padding_type = 0xff00;  ///< of the registry's part for experiments
constexpr std::size_t padding_octets = 200;

/// What one packet is like.
struct Kind {
    std::uint16_t local_port = 0;
    bool large = false;
    bool other_family = false;
    PathAnswer PathProbes::* answer = &PathProbes::usual;
};

constexpr std::array kinds{
    Kind{.local_port = 0, .large = false, .other_family = false, .answer = &PathProbes::usual},
    Kind{.local_port = ntp_port,
         .large = false,
         .other_family = false,
         .answer = &PathProbes::from_port_123},
    Kind{.local_port = 0, .large = true, .other_family = false, .answer = &PathProbes::large},
    Kind{
        .local_port = 0, .large = false, .other_family = true, .answer = &PathProbes::other_family},
};

/// A packet on its way.
struct Question {
    std::size_t target = 0;
    Endpoint to;
    UdpSocket socket;
    ntp::Request request{};
    bool open = true;
};

std::expected<UdpSocket, int> open_socket(const Endpoint& to, std::uint16_t local_port) {
    IpAddress anywhere;
    anywhere.family = to.address.family;
    return UdpSocket::bind({anywhere, local_port});
}

std::vector<std::uint8_t> request_octets(ntp::Timestamp cookie, bool large) {
    const ntp::HeaderBytes header = ntp::encode_request(cookie);
    std::vector<std::uint8_t> octets(header.begin(), header.end());
    if (large) ntp::append_field(octets, padding_type, std::vector<std::uint8_t>(padding_octets));
    return octets;
}

bool is_whole(ntp::Timestamp timestamp) {
    return (timestamp.bits & 0xffffffffU) == 0;
}

/// One round: the same kind of packet to all targets, then the answers of all.
class Round {
  public:
    Round(const Kind& kind, Seconds time_out, PathOutcome& outcome)
        : kind_(kind), time_out_(time_out), outcome_(outcome) {}

    Result<void> run(const std::vector<PathTarget>& targets, ntp::RateBudget& budget) {
        const bool one_by_one = kind_.local_port != 0;  // they share the port
        for (std::size_t i = 0; i < targets.size() && !interrupted(); ++i) {
            ask(i, targets[i], budget);
            if (one_by_one) collect_all();
        }
        collect_all();
        if (interrupted()) return fail(Fault::interrupted, "interrupted while paths were tried");
        return {};
    }

  private:
    void collect_all() {
        const SteadyTime deadline = read_clocks().steady + to_nanoseconds(time_out_);
        while (collect(deadline)) {
        }
        questions_.clear();
    }

    void ask(std::size_t number, const PathTarget& target, ntp::RateBudget& budget) {
        if (interrupted()) return;
        Endpoint to = target.endpoint;
        if (kind_.other_family) {
            if (!target.other_family) return;
            to.address = *target.other_family;
        }
        auto socket = open_socket(to, kind_.local_port);
        if (!socket) {
            note_closed(socket.error());
            return;
        }
        const Now now = read_clocks();
        const Now allowed = budget.earliest(to.address, now);
        if (allowed.steady == SteadyTime::max()) return;
        if (allowed.steady > now.steady) wait(allowed.steady - now.steady);
        if (interrupted()) return;
        const ntp::Timestamp cookie{std::max<std::uint64_t>(random_(), 1)};
        Question question{.target = number, .to = to, .socket = std::move(*socket)};
        question.request = {.to = to, .cookie = cookie, .t1 = read_wall_clock()};
        budget.spend(to.address, read_clocks());
        ++outcome_.packets;
        outcome_.probes[number].*kind_.answer = PathAnswer::silent;
        if (question.socket.send_to(request_octets(cookie, kind_.large), to_socket_address(to)))
            questions_.push_back(std::move(question));
    }

    void note_closed(int error) {
        if (kind_.local_port == 0 || noted_) return;
        noted_ = true;
        outcome_.notes.push_back(
            fmt::format("packets from port 123 were not tried: {}", errno_text(error)));
    }

    /// False when nothing is awaited any more.
    bool collect(SteadyTime deadline) {
        std::vector<pollfd> watched;
        std::vector<Question*> open;
        for (Question& question : questions_) {
            if (!question.open) continue;
            watched.push_back({.fd = question.socket.descriptor(), .events = POLLIN, .revents = 0});
            open.push_back(&question);
        }
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - read_clocks().steady);
        if (open.empty() || left.count() <= 0) return false;
        if (::poll(watched.data(), watched.size(), static_cast<int>(left.count())) < 0)
            return !interrupted();
        for (std::size_t i = 0; i < open.size(); ++i)
            if (watched[i].revents != 0) receive(*open[i]);
        return true;
    }

    void receive(Question& question) {
        std::array<std::uint8_t, 1024> buffer;
        SocketAddress from;
        const auto datagram = question.socket.receive(buffer, &from);
        if (!datagram) {
            question.open = datagram.error() == EAGAIN || datagram.error() == EINTR;
            return;
        }
        const auto sender = to_endpoint(from.get());
        if (!sender || sender->address != question.to.address) return;
        const Now now = read_clocks();
        ntp::Request request = question.request;
        request.to = *sender;  // the port is judged apart
        const ntp::Arrival arrival{
            .from = *sender, .t4 = datagram->stamp.value_or(now.wall), .at = now.steady};
        const auto octets = std::span{buffer}.first(datagram->size);
        const auto sample = ntp::judge_reply(request, octets, arrival, {}, {});
        const auto packet = ntp::decode(octets);
        if (!packet || packet->origin != question.request.cookie) return;
        question.open = false;
        PathProbes& probes = outcome_.probes[question.target];
        probes.*kind_.answer =
            sender->port == question.to.port ? PathAnswer::answered : PathAnswer::other_port;
        if (!kind_.other_family && !packet->receive.is_zero() && is_whole(packet->receive) &&
            is_whole(packet->transmit))
            probes.whole_seconds = true;
        if (kind_.other_family && sample) probes.other_sample = *sample;
    }

    const Kind& kind_;
    Seconds time_out_;
    PathOutcome& outcome_;
    RandomBits random_;
    std::vector<Question> questions_;
    bool noted_ = false;
};

}  // namespace

Result<PathOutcome> probe_paths(const std::vector<PathTarget>& targets, Seconds time_out,
                                ntp::RateBudget& budget) {
    catch_signals();
    PathOutcome outcome;
    outcome.probes.resize(targets.size());
    for (const Kind& kind : kinds) TRY(Round(kind, time_out, outcome).run(targets, budget));
    return outcome;
}

}  // namespace clockwright::system
