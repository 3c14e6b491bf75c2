/// Which *set* of truechimers to use: independent, smear-pure, least expected error.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "judge/candidate.h"
#include "judge/server_stats.h"

namespace clockwright {

struct SetSettings {
    int count = 5;
    int minimum = 4;
    TrustDomain domain = TrustDomain::public_internet;
};

/// One candidate for membership: a truechimer that passed the cut, or a foreign source that stays.
struct Eligible {
    std::size_t index = 0;        ///< into the caller's list of candidates
    std::string operator_name;    ///< empty: a group of its own
    std::optional<IpAddress> address;
    Smear smear = Smear::unknown;
    Seconds expected_error{};
    bool stays = false;           ///< foreign: a member whatever we choose
    bool usable = true;           ///< false only for a foreign source that stays and is no truechimer
    bool votes = true;            ///< answers and is judged: counts in the daemon's majority
};

struct Ensemble {
    std::vector<std::size_t> members;   ///< chosen: usable ones, by expected error; empty: no set
    Seconds expected_error{};           ///< mean of the members
    std::string refusal;                ///< why the set cannot be had; empty when it can
    bool takeover_would_help = false;   ///< what stands against it is a foreign source
    bool foreign_rule = false;          ///< foreign sources hold half of the votes or more
    std::vector<std::string> passed_over;  ///< parallel to `eligible`: why not chosen, else empty
    std::string tolerates;              ///< "1 wrong OR 1 lost, not both; a 6th source would …"
};

/// Foreign usable ones come first (they stay), then by expected error up to `count`. Public domain:
/// per operator and per network (/24, /48; public addresses only) at most max(1, ⌊(m−1)/2⌋) of m
/// members; tried for m = count down to `minimum`. Smear: `none` and `unknown` together, or one
/// known smearer alone; the purest set that reaches the minimum wins, unsmeared first. Refused:
/// fewer than `minimum`, no majority over the foreign falsetickers that stay, a smear mix with them.
Ensemble assemble(std::span<const Eligible> eligible, const SetSettings& settings);

/// Rule S-2 in words for a set of m members.
std::string tolerance_of(int members);

}  // namespace clockwright
