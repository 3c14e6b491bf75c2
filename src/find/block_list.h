/// Who is not asked, why and until when; and whom the user allowed: what outlives a scan.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "time/address.h"
#include "time/host_name.h"
#include "time/units.h"

namespace clockwright {

enum class BlockReason : std::uint8_t { user, time_outs, denied, rate, falseticker };

std::string_view to_string(BlockReason reason);  ///< "user", "time-outs", "DENY/RSTR", "RATE", …
std::optional<BlockReason> parse_block_reason(std::string_view text);

struct Block {
    BlockReason reason = BlockReason::user;
    std::string why;  ///< one clause for people
    WallTime since{};
    std::optional<WallTime> until;  ///< empty: until the user allows it

    friend bool operator==(const Block&, const Block&) = default;
};

/// The user's word that this server may be asked, and is never blocked by itself.
struct Allowance {
    std::string why;
    WallTime since{};

    friend bool operator==(const Allowance&, const Allowance&) = default;
};

/// What is remembered of one server.
struct Standing {
    /// Name in lower case, or address. Port 123 stands for every port: a block of a host is one of
    /// the machine.
    HostName server;
    std::string seen_as;  ///< the name an address was asked by; empty when the user named it
    std::optional<Block> block;
    std::optional<Allowance> allowance;
    int silent_scans = 0;        ///< on end, an hour apart at least
    int false_scans = 0;         ///< likewise, against a majority
    int blocks = 0;              ///< by ourselves, on end: the next one is twice as long
    WallTime last_counted{};     ///< the last scan that counted against it
    WallTime last_heard_from{};  ///< the last change of any of this

    friend bool operator==(const Standing&, const Standing&) = default;
};

using BlockList = std::vector<Standing>;

/// The key under which a host is remembered: lower case, an address in its usual form, no scheme.
HostName standing_key(const HostName& host);

/// The standing that keeps `host` (asked at `address`, when that is known) from being asked now.
const Standing* blocked(const BlockList& list, const HostName& host,
                        const std::optional<IpAddress>& address, WallTime now);

/// True when the user allowed this name or address.
bool is_allowed(const BlockList& list, const HostName& host,
                const std::optional<IpAddress>& address);

/// "blocked until 2026-11-29T10:00:00Z because it sent DENY".
std::string block_text(const Standing& standing);

void block_by_user(BlockList& list, const HostName& host, std::string why,
                   std::optional<WallTime> until, WallTime now);

/// Lifts every block of the host, also those of addresses that were asked by this name. True when
/// there was one.
bool allow_by_user(BlockList& list, const HostName& host, std::string why, WallTime now);

/// How one server came out of a scan.
enum class Heard : std::uint8_t { time, nothing, denied, rate, false_time };

struct Hearing {
    Endpoint endpoint;
    HostName host;
    Heard heard = Heard::time;
    /// On the command line, in `hosts` or the daemon's configuration: never blocked by itself.
    bool listed_by_user = false;
};

/// What a scan teaches (rules E-3, E-4). A server is blocked by its address for 24 h, twice as long
/// each time on end, at most 7 d: after three scans on end, an hour apart, without an answer (while
/// at least half of those asked did answer) or with false time; at once for DENY or RSTR. RATE: 24
/// h each time. An answer forgets the failures and halves the next block. Kisses block at most a
/// third of the set, `silenced` servers of it being blocked by kisses already. Returns remarks.
std::vector<std::string> learn(BlockList& list, std::vector<Hearing> hearings, int silenced,
                               WallTime now);

/// Drops what is over and says nothing any more; keeps the 4096 newest standings.
void forget_old(BlockList& list, WallTime now);

}  // namespace clockwright
