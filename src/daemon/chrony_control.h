/// chrony's control protocol (cmdmon version 6) as bytes: requests out, replies in.
/// Facts: reference/protocols.md C1; observed on chronyd 4.0 … 4.8. Signs are converted to ours.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/chrony_config.h"
#include "daemon/state.h"

namespace clockwright::chrony {

enum class Command : std::uint16_t {
    online = 1,
    burst = 3,
    delete_source = 29,
    n_sources = 14,
    source_data = 15,
    tracking = 33,
    sourcestats = 34,
    makestep = 43,
    activity = 44,
    ntp_data = 57,
    add_source = 64,
    source_name = 65,
    authdata = 67,
    selectdata = 69,
    reload_sources = 70
};

/// The status word of a reply; 0 is success.
enum class Status : std::uint16_t {
    success = 0,
    failed = 1,
    unauthorised = 2,
    invalid = 3,
    no_such_source = 4,
    not_enabled = 6,
    already_known = 11,
    too_many = 12,
    inactive = 15,
    bad_version = 18,
    bad_length = 19,
    invalid_name = 21
};
std::string describe(Status status);

using Bytes = std::vector<std::uint8_t>;

/// Each request is padded to the largest reply over all versions.
Bytes encode_simple(Command command,
                    std::uint32_t sequence);  ///< no data: tracking, n_sources, activity, reload
Bytes encode_indexed(Command command, std::uint32_t index, std::uint32_t sequence);
Bytes encode_addressed(Command command, const IpAddress& address, std::uint32_t sequence);
/// `id`: an unresolved source's 4-byte id (family 3), as source_data shows it.
Bytes encode_id(Command command, std::uint32_t id, std::uint32_t sequence);
/// Every source that is online is asked `samples` times, some seconds apart.
Bytes encode_burst(std::uint32_t samples, std::uint32_t sequence);
/// Empty when the name does not fit 255 octets, holds a NUL, or the line has unknown options.
std::optional<Bytes> encode_add_source(const SourceLine& line, std::uint32_t sequence);

/// How a datagram fails to be the reply we wait for: ignore it, keep waiting.
enum class NotAReply : std::uint8_t {
    too_short,
    wrong_version,
    wrong_type,
    other_command,
    other_sequence
};

struct Reply {
    Status status = Status::success;     ///< may be a number that Status does not name
    std::span<const std::uint8_t> data;  ///< from byte 28
    std::uint16_t code = 0;              ///< reply code, tells the layout; 1: no data
};
std::expected<Reply, NotAReply> decode_reply(std::span<const std::uint8_t> bytes, Command command,
                                             std::uint32_t sequence);

/// chrony's 32-bit float: 7 bits exponent, 25 bits coefficient.
double decode_float(std::uint32_t bits);
/// What is not a number becomes 0, what is too large the largest.
std::uint32_t encode_float(double value);

/// Layouts; empty when the reply is of another layout or its data too short. Signs are ours. Names
/// are cut at NUL and made printable by readers.
std::optional<std::uint32_t> decode_count(const Reply& reply);
std::optional<DaemonTracking> decode_tracking(const Reply& reply);
/// Name empty, but for a refclock. `offset` is the last one measured, less what has moved the clock
/// since. The state letter is the coarse one of `sources`: * + - ~ x ?
struct SourceData {
    DaemonSource source;
    std::optional<std::uint32_t> unresolved_id;  ///< set when the address is a family-3 id
};
std::optional<SourceData> decode_source_data(const Reply& reply);

std::optional<std::string> decode_source_name(const Reply& reply);

/// The regression over a source's samples. `frequency` and `offset`: what would cure the clock.
struct SourceStats {
    int samples = 0, runs = 0;
    Seconds span{}, deviation{};
    Ppm frequency, skew;
    Seconds offset{}, offset_error{};
};
std::optional<SourceStats> decode_sourcestats(const Reply& reply);

/// The last valid packet of a source; what a version does not tell is empty.
struct NtpData {
    std::uint32_t refid = 0;
    Seconds offset{}, delay{}, root_delay{}, root_dispersion{};
    std::optional<std::uint32_t> valid;  ///< valid replies since the source was added
    bool authenticated = false;
    bool interleaved = false;
};
std::optional<NtpData> decode_ntp_data(const Reply& reply);

/// Why a source is used or not. The interval holds offsets: low ≤ high, > 0: the source is ahead.
struct SelectData {
    std::uint32_t refid = 0;
    std::optional<IpAddress> address;
    std::optional<std::uint32_t> unresolved_id;
    char state = ' ';
    std::uint16_t configured_options = 0, effective_options = 0;  ///< SelectOption bits
    Seconds low{}, high{};
};
std::optional<SelectData> decode_selectdata(const Reply& reply);

/// The bits of a source's options in selectdata.
enum class SelectOption : std::uint16_t { noselect = 1, prefer = 2, trust = 4, require = 8 };

struct AuthData {
    int mode = 0;                           ///< 0 none, 1 symmetric key, 2 NTS
    int key_type = 0;                       ///< with NTS the AEAD algorithm's number
    int attempts = 0;                       ///< key exchanges since the last that worked
    std::optional<Seconds> since_exchange;  ///< empty: none has worked yet
    int cookies = 0;
    bool nak = false;
};
std::optional<AuthData> decode_authdata(const Reply& reply);

struct Activity {
    int online = 0, offline = 0, burst_online = 0, burst_offline = 0, unresolved = 0;
};
std::optional<Activity> decode_activity(const Reply& reply);

/// In words: '*' "selected", '+' "combined", 'x' "falseticker (chrony)", '?' …
std::string_view describe_state(char state);

}  // namespace clockwright::chrony
