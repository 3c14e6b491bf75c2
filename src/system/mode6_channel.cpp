#include "system/mode6_channel.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <vector>

#include "daemon/mode6_replies.h"
#include "system/local_host.h"
#include "system/socket_address.h"
#include "time/host_name.h"

namespace clockwright::system {
namespace {

using mode6::Bytes;
using mode6::ErrorCode;
using mode6::Operation;
using std::chrono::steady_clock;

constexpr std::array patience_near{Seconds(0.1), Seconds(0.2), Seconds(0.4)};
constexpr std::array patience_far{Seconds(1), Seconds(2), Seconds(4)};
constexpr std::size_t most_sources = 100;

std::unexpected<Error> refused(const std::string& address, int number) {
    switch (number) {
        case EACCES:
        case EPERM:
            return fail(Fault::not_permitted,
                        fmt::format("cannot ask ntpd at {}: {}", address, errno_text(number)));
        case ECONNREFUSED:
        case ECONNRESET:
        case ENETUNREACH:
        case EHOSTUNREACH:
        case EAFNOSUPPORT:
        case EADDRNOTAVAIL:
            return fail(Fault::unreachable,
                        fmt::format("no ntpd answers at {}: {}", address, errno_text(number)));
        default:
            return fail(fmt::format("cannot talk to {}: {}", address, errno_text(number)));
    }
}

/// Milliseconds until `deadline`, rounded up, for poll(2).
int until(steady_clock::time_point deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

bool is_closed(ErrorCode code) {
    return code == ErrorCode::permission || code == ErrorCode::restricted;
}

/// Reads the daemon's state once.
class StateReader {
  public:
    explicit StateReader(Mode6Channel& channel) : channel_(channel) {}

    Result<DaemonState> read() {
        const Bytes system = TRY(of_itself(Operation::read_variables, system_lists, system_list_));
        const Bytes list = TRY(of_itself(Operation::read_status, no_names, no_list_));
        const auto peers = TRY(read_peers(mode6::decode_associations(list)));
        const WallTime now = std::chrono::system_clock::now();
        auto state = mode6::decode_state(mode6::Variables(system), peers, now);
        if (!state)
            return fail(
                fmt::format("ntpd at {} gave no usable answer: no stratum", channel_.address()));
        state->complete = everything_;
        state->read_at = now;
        state->read_from = channel_.address();
        return *std::move(state);
    }

  private:
    using Answer = Mode6Channel::Answer;
    using Lists = std::span<const std::string_view>;

    static constexpr std::array<std::string_view, 1> no_names{""};
    static constexpr std::array system_lists{mode6::system_names, std::string_view{}};
    static constexpr std::array source_lists{mode6::source_names, mode6::classic_source_names,
                                             std::string_view{}};

    /// By the first list of names that the daemon knows; `at` remembers which it was.
    Result<Answer> ask(Operation operation, std::uint16_t association, Lists lists,
                       std::size_t& at) {
        for (;; ++at) {
            auto answer = TRY(channel_.ask(operation, association, lists[at]));
            const bool unknown = !answer && answer.error() == ErrorCode::unknown_variable;
            if (!unknown || at + 1 == lists.size()) return answer;
        }
    }

    Result<Bytes> of_itself(Operation operation, Lists lists, std::size_t& at) {
        auto answer = TRY(ask(operation, 0, lists, at));
        if (answer) return *std::move(answer);
        return fail(is_closed(answer.error()) ? Fault::not_permitted : Fault::failed,
                    fmt::format("ntpd at {} does not tell its state: {}", channel_.address(),
                                mode6::describe(answer.error())));
    }

    /// An association that is gone meanwhile is left out: it is no source any more.
    Result<std::vector<mode6::Peer>> read_peers(
        const std::vector<mode6::Association>& associations) {
        std::vector<mode6::Peer> peers;
        for (const auto& association : associations) {
            if (association.broadcast) continue;
            if (peers.size() == most_sources) {
                everything_ = false;
                break;
            }
            auto answer =
                TRY(ask(Operation::read_variables, association.id, source_lists, source_list_));
            if (answer) {
                kept_.push_back(*std::move(answer));
                peers.push_back({association, mode6::Variables(kept_.back())});
            } else if (answer.error() != ErrorCode::unknown_association) {
                everything_ = false;
            }
        }
        return peers;
    }

    Mode6Channel& channel_;
    std::vector<Bytes> kept_;  ///< what the variables of the peers are views of
    std::size_t no_list_ = 0, system_list_ = 0, source_list_ = 0;
    bool everything_ = true;
};

}  // namespace

Result<Mode6Channel> Mode6Channel::open(const std::string& address) {
    const HostName host = TRY(parse_host(address));
    const auto literal = parse_address(host.name);
    if (!literal)
        return fail(Fault::bad_input, fmt::format("{} is no address with a port", address));
    const SocketAddress to = to_socket_address({*literal, host.port});
    Descriptor socket(::socket(to.get()->sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.is_open() || ::connect(socket.get(), to.get(), to.size) != 0)
        return refused(address, errno);
    return Mode6Channel(address, std::move(socket), literal->is_loopback());
}

Result<Mode6Channel::Answer> Mode6Channel::ask(Operation operation, std::uint16_t association,
                                               std::string_view names) {
    for (const Seconds patience : near_ ? patience_near : patience_far) {
        const mode6::Question question{.operation = operation,
                                       .association = association,
                                       .sequence = static_cast<std::uint16_t>(random_bits())};
        if (const auto sent = send(mode6::encode(question, names)); !sent)
            return std::unexpected(sent.error());
        mode6::Reassembly answer(question);
        if (!TRY(receive(answer, patience))) continue;
        if (answer.error()) return Answer(std::unexpect, *answer.error());
        return Bytes(answer.data().begin(), answer.data().end());
    }
    return fail(Fault::unreachable,
                fmt::format("no answer from ntpd at {}; it is silent to whom its \"restrict … "
                            "noquery\" shuts out",
                            address_));
}

Result<void> Mode6Channel::send(std::span<const std::uint8_t> request) {
    if (::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL) >= 0) return {};
    if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS) return {};  // lost: the next try
    return refused(address_, errno);
}

Result<bool> Mode6Channel::receive(mode6::Reassembly& answer, Seconds patience) {
    const auto deadline = steady_clock::now() + to_nanoseconds(patience);
    while (!answer.is_done()) {
        pollfd waiting{.fd = socket_.get(), .events = POLLIN, .revents = 0};
        if (::poll(&waiting, 1, until(deadline)) == 0) return false;
        const auto size = ::recv(socket_.get(), buffer_.data(), buffer_.size(), 0);
        if (size < 0 && errno != EAGAIN && errno != EINTR) return refused(address_, errno);
        if (size >= 0) answer.add(std::span(buffer_).first(static_cast<std::size_t>(size)));
        if (until(deadline) == 0) return answer.is_done();
    }
    return true;
}

Result<DaemonState> Mode6Channel::read_state() {
    return StateReader(*this).read();
}

}  // namespace clockwright::system
