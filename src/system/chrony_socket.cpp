#include "system/chrony_socket.h"

#include <fmt/format.h>

#include <optional>

#include "daemon/chrony_source_line.h"
#include "system/chrony_channel.h"
#include "time/spell.h"

namespace clockwright::system {

using chrony::Command;
using chrony::Reply;
using chrony::Status;

struct ChronySocket::Impl {
    ChronyChannel channel;
};

namespace {

/// Reads the daemon's state once. An empty answer means that the sources changed meanwhile.
class StateReader {
  public:
    explicit StateReader(ChronyChannel& channel) : channel_(channel) {}

    Result<std::optional<DaemonState>> read() {
        DaemonState state;
        state.read_from = channel_.address();
        state.tracking = TRY(answer(Command::tracking, chrony::decode_tracking));
        state.unresolved = TRY(answer(Command::activity, chrony::decode_activity)).unresolved;
        const std::uint32_t count = TRY(answer(Command::n_sources, chrony::decode_count));
        for (std::uint32_t index = 0; index < count; ++index) {
            auto source = TRY(read_source(index));
            if (!source) return std::nullopt;
            state.sources.push_back(std::move(*source));
        }
        if (TRY(answer(Command::n_sources, chrony::decode_count)) != count) return std::nullopt;
        state.complete = everything_;
        state.read_at = std::chrono::system_clock::now();
        return state;
    }

    /// The places of this name that have no address yet.
    Result<std::vector<std::uint32_t>> unresolved(const std::string& name) {
        std::vector<std::uint32_t> ids;
        const std::uint32_t count = TRY(answer(Command::n_sources, chrony::decode_count));
        for (std::uint32_t index = 0; index < count; ++index) {
            const auto data = TRY(indexed(Command::source_data, index, chrony::decode_source_data));
            if (!data || !data->unresolved_id) continue;
            const auto found = TRY(of(*data, Command::source_name, chrony::decode_source_name));
            if (found && printable(*found) == name) ids.push_back(*data->unresolved_id);
        }
        return ids;
    }

  private:
    /// A reply without arguments that every chronyd gives to everybody.
    template <class T>
    Result<T> answer(Command command, std::optional<T> (*decode)(const Reply&)) {
        const Reply reply = TRY(channel_.ask(command, [command](std::uint32_t sequence) {
            return chrony::encode_simple(command, sequence);
        }));
        if (auto found = decode(reply)) return *std::move(found);
        return fail(fmt::format(
            "chronyd at {} gave no usable answer: {}", channel_.address(),
            reply.status == Status::success ? "unknown layout" : describe(reply.status)));
    }

    /// Empty when there is no such source (any more), or the command is closed to us.
    template <class T>
    Result<std::optional<T>> indexed(Command command, std::uint32_t index,
                                     std::optional<T> (*decode)(const Reply&)) {
        return note(TRY(channel_.ask(command,
                                     [=](std::uint32_t sequence) {
                                         return chrony::encode_indexed(command, index, sequence);
                                     })),
                    decode);
    }

    template <class T>
    Result<std::optional<T>> of(const chrony::SourceData& source, Command command,
                                std::optional<T> (*decode)(const Reply&)) {
        return note(TRY(channel_.ask(
                        command,
                        [&](std::uint32_t sequence) {
                            return source.unresolved_id
                                       ? chrony::encode_id(command, *source.unresolved_id, sequence)
                                       : chrony::encode_addressed(command, *source.source.address,
                                                                  sequence);
                        })),
                    decode);
    }

    template <class T>
    std::optional<T> note(const Reply& reply, std::optional<T> (*decode)(const Reply&)) {
        if (reply.status == Status::unauthorised) everything_ = false;
        return decode(reply);
    }

    Result<std::optional<DaemonSource>> read_source(std::uint32_t index) {
        auto data = TRY(indexed(Command::source_data, index, chrony::decode_source_data));
        if (!data) return std::nullopt;
        DaemonSource& source = data->source;
        const bool has_name = source.address || data->unresolved_id;
        if (has_name) {
            const auto name = TRY(of(*data, Command::source_name, chrony::decode_source_name));
            if (!name) return std::nullopt;
            source.name = printable(*name);
        }
        const auto stats = TRY(indexed(Command::sourcestats, index, chrony::decode_sourcestats));
        if (!stats) return std::nullopt;
        source.samples = stats->samples;
        if (!channel_.is_local()) {
            everything_ = false;
            return source;
        }
        const auto selection = TRY(indexed(Command::selectdata, index, chrony::decode_selectdata));
        if (selection && !is_same(*data, *selection)) return std::nullopt;
        if (selection) add_selection(source, *selection);
        if (has_name)
            if (const auto added = add_packets(*data); !added)
                return std::unexpected(added.error());
        return source;
    }

    /// The list may shift between two questions by index.
    static bool is_same(const chrony::SourceData& data, const chrony::SelectData& selection) {
        if (data.source.refclock) return data.source.refid == selection.refid;
        return data.source.address == selection.address &&
               data.unresolved_id == selection.unresolved_id;
    }

    static void add_selection(DaemonSource& source, const chrony::SelectData& selection) {
        const auto has = [&](chrony::SelectOption option) {
            return (selection.effective_options & static_cast<std::uint16_t>(option)) != 0;
        };
        source.state = selection.state;
        source.state_exact = true;
        source.noselect = has(chrony::SelectOption::noselect);
        source.prefer = has(chrony::SelectOption::prefer);
        source.trust = has(chrony::SelectOption::trust);
        source.require = has(chrony::SelectOption::require);
    }

    /// What only an NTP source has: its packets and how they are authenticated.
    Result<void> add_packets(chrony::SourceData& data) {
        constexpr int nts = 2;
        DaemonSource& source = data.source;
        if (const auto packets = TRY(of(data, Command::ntp_data, chrony::decode_ntp_data))) {
            source.refid = packets->refid;
            source.valid_replies = packets->valid;
        }
        if (const auto auth = TRY(of(data, Command::authdata, chrony::decode_authdata))) {
            source.authentication = auth->mode == nts ? Authentication::nts : Authentication::none;
            if (auth->mode == nts)
                source.nts = NtsState{.algorithm = auth->key_type,
                                      .failed_exchanges = auth->attempts,
                                      .cookies = auth->cookies,
                                      .since_exchange = auth->since_exchange,
                                      .nak = auth->nak};
        }
        return {};
    }

    ChronyChannel& channel_;
    bool everything_ = true;  ///< no answer was closed to us
};

/// Done when chronyd says success or `settled`, which means that it was so already.
Result<void> command(ChronyChannel& channel, Command what, const ChronyChannel::Encode& encode,
                     std::string_view name, Status settled) {
    const Reply reply = TRY(channel.ask(what, encode));
    if (reply.status == Status::success || reply.status == settled) return {};
    if (reply.status == Status::unauthorised)
        return fail(Fault::not_permitted,
                    fmt::format("chronyd at {} does not let us {}; it takes that over its socket "
                                "only",
                                channel.address(), name));
    return fail(fmt::format("chronyd at {} did not {}: {}", channel.address(), name,
                            describe(reply.status)));
}

ChronyChannel::Encode simple(Command what) {
    return [what](std::uint32_t sequence) { return chrony::encode_simple(what, sequence); };
}

}  // namespace

ChronySocket::ChronySocket(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ChronySocket::ChronySocket(ChronySocket&&) noexcept = default;
ChronySocket& ChronySocket::operator=(ChronySocket&&) noexcept = default;
ChronySocket::~ChronySocket() = default;

Result<ChronySocket> ChronySocket::open(const ChronyAddress& address) {
    return ChronySocket(
        std::make_unique<Impl>(Impl{.channel = TRY(ChronyChannel::open(address.text))}));
}

Result<DaemonState> ChronySocket::read_state() {
    constexpr int most_tries = 3;
    for (int i = 0; i < most_tries; ++i)
        if (auto state = TRY(StateReader(impl_->channel).read())) return *std::move(state);
    return fail(fmt::format("the sources of chronyd at {} change while they are read",
                            impl_->channel.address()));
}

Result<void> ChronySocket::reload_sources() {
    return command(impl_->channel, Command::reload_sources, simple(Command::reload_sources),
                   "reload its sources", Status::success);
}

Result<void> ChronySocket::burst(int samples) {
    return command(
        impl_->channel, Command::burst,
        [samples](std::uint32_t sequence) {
            return chrony::encode_burst(static_cast<std::uint32_t>(samples), sequence);
        },
        "measure now", Status::success);
}

Result<void> ChronySocket::make_step() {
    return command(impl_->channel, Command::makestep, simple(Command::makestep), "step the clock",
                   Status::success);
}

Result<void> ChronySocket::delete_source(const IpAddress& address) {
    return command(
        impl_->channel, Command::delete_source,
        [&](std::uint32_t sequence) {
            return chrony::encode_addressed(Command::delete_source, address, sequence);
        },
        "delete source " + to_string(address), Status::no_such_source);
}

Result<void> ChronySocket::delete_unresolved(const std::string& name) {
    for (const std::uint32_t id : TRY(StateReader(impl_->channel).unresolved(name))) {
        TRY(command(
            impl_->channel, Command::delete_source,
            [id](std::uint32_t sequence) {
                return chrony::encode_id(Command::delete_source, id, sequence);
            },
            "delete source " + name, Status::no_such_source));
    }
    return {};
}

Result<void> ChronySocket::add_source(const SourceLine& line) {
    if (!chrony::encode_add_source(line, 0))
        return fail(fmt::format("chronyd's control protocol cannot add \"{}\"",
                                printable(chrony::render(line))));
    return command(
        impl_->channel, Command::add_source,
        [&](std::uint32_t sequence) { return *chrony::encode_add_source(line, sequence); },
        "add source " + printable(line.name), Status::already_known);
}

}  // namespace clockwright::system
