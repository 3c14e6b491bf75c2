/// Which *set* of truechimers to use: independent, smear-pure, least expected error.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "judge/independence.h"
#include "time/units.h"

namespace clockwright {

struct SetSettings {
    int count = 5;  ///< below `minimum` it counts as `minimum`
    int minimum = 4;
    TrustDomain domain = TrustDomain::public_internet;
    /// Costs this share apart count as equal, and `machine` decides: a fleet that measures alike
    /// spreads over equal servers. Without a machine the least cost always goes first.
    double tie = 0;
    std::string machine = {};
};

/// What a source that stays does in the daemon's own vote.
enum class Vote : std::uint8_t {
    none,     ///< does not answer, or is not judged
    for_us,   ///< overlaps the majority
    against,  ///< a falseticker
};

/// One candidate for membership: a truechimer that passed the cut, or a foreign source that stays.
struct Eligible {
    std::size_t index = 0;  ///< into the caller's list of candidates
    Ties ties;
    Seconds expected_error{};
    Seconds cost{};        ///< what it is chosen by: the expected error as the profile weighs it
    bool stays = false;    ///< foreign: a member whatever we choose
    bool present = false;  ///< configured now: preferred to a newcomer that is the same server
    bool usable = true;    ///< false only for a foreign source that stays and is no truechimer
    Vote vote = Vote::for_us;
};

struct Ensemble {
    std::vector<std::size_t> members;  ///< chosen: usable ones, by expected error; empty: no set
    Seconds expected_error{};          ///< mean of the members
    Seconds cost{};                    ///< mean of the members
    std::string refusal;               ///< why the set cannot be had; empty when it can
    bool takeover_would_help = false;  ///< what stands against it is a foreign source
    bool foreign_rule = false;         ///< foreign sources hold half of the votes or more
    /// Parallel to `eligible`: "passed over: …", "no set: …"; empty for members.
    std::vector<std::string> passed_over;
    std::string tolerates;  ///< `tolerance_of` the members
};

/// Foreign usable ones come first (they stay), then by cost up to `count`; equal costs in the order
/// of address, port and operator, whatever the order of `eligible`. Per operator, and in the public
/// domain per network (/24, /48; public addresses only) and DNS rotation, at most `group_bound(m)`
/// of m members; tried for m = count down to `minimum`, and when that gives no set once more with
/// up to three of the best left out for the sake of others. A newcomer whose upstream as many
/// follow comes after all others. A rotation is no member beside one of its own members. What
/// foreign sources overfill by themselves, those that are down included, only keeps newcomers out.
/// Smear: `none` and `unknown` together, or one known smearer alone; unsmeared is tried first, then
/// by expected error. One server (address and port) is a member once. Refused: fewer than
/// `minimum`, no majority over the foreign falsetickers that stay, a smear mix with them.
Ensemble assemble(std::span<const Eligible> eligible, const SetSettings& settings);

/// What a set of m members survives (rule S-2, m ≥ 2f + 1 + lost), in words.
std::string tolerance_of(int members);

}  // namespace clockwright
