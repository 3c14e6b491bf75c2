/// The steps of judgement in order: a verdict and a reason for every candidate, a consensus, a set.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "judge/candidate.h"
#include "judge/ensemble.h"
#include "judge/profile.h"
#include "judge/server_stats.h"

namespace clockwright {

struct SelectSettings {
    int count = 5;
    int minimum = 4;
    int max_stratum = 4;
    TrustDomain domain = TrustDomain::public_internet;
    Seconds own_noise{4e-6};   ///< this host's timestamp noise; 5× it or 20 µs is the least cut
    Profile profile = {};      ///< its weights; its numbers are taken over by whoever makes this
    double tie = 0.15;         ///< see SetSettings
    std::string machine = {};  ///< empty in a replay: the same choice everywhere
};

struct Assessment {
    Verdict verdict = Verdict::unreachable;
    std::string reason;                ///< for people, one clause
    std::optional<ServerStats> stats;  ///< present with at least one valid sample
    std::optional<double> score;       ///< 100/(1 + expected error/10 ms) for truechimers
    Seconds cost{};                    ///< the expected error as the profile weighs it
    std::optional<Seconds> cut;        ///< how far from the consensus it may lie; when judged
    Seconds distance{};                ///< λ as the judge believes it: root distance, or its floor
    bool chosen = false;
    bool centred = false;
};

struct Consensus {
    bool majority = false;
    int agreeing = 0, judged = 0;
    Seconds low{}, high{};  ///< the intersection; with a majority only
    Seconds offset{};       ///< x: median of θ weighted by 1/λ, clamped into [low, high]
    Seconds bound{};        ///< max(x − low, high − x)
};

/// What is wrong with the sources as a whole (judge/hazards.h).
enum class HazardKind : std::uint8_t {
    second_group,      ///< falsetickers that agree with each other
    carried_majority,  ///< one operator, network or upstream is the majority
    smear_mix,
    leap_flags,       ///< they differ
    single_operator,  ///< runs all of the set
    single_point,     ///< one network, or anycast alone
    spoofs
};

struct Hazard {
    HazardKind kind = HazardKind::second_group;
    std::string text;  ///< a sentence for people
};

struct Selection {
    std::vector<Assessment> assessments;  ///< one per candidate, same order
    Consensus consensus;
    Ensemble ensemble;  ///< members index the candidates; `passed_over` went into their reasons
    std::vector<Hazard> hazards;             ///< most dangerous first
    std::optional<std::size_t> system_peer;  ///< the member with the least expected error
};

/// With the upstream that its header tells.
Ties ties_of(const Candidate& candidate, const Assessment& assessment);

/// The consensus as a measurement of this clock: its bound is never below half the least delay of
/// the servers that agree, for nobody sees what is asymmetric about a path (rule M-3).
Consensus clock_consensus(const Selection& selection);

/// Pure and deterministic. Root distance ≥ 3 s or stratum > max_stratum: too_distant. Jitter ≥ 1 s
/// or loss ≥ 30 %: too_jittery. Then intersection, consensus, the cut, expected error, the set.
/// No majority: every judged candidate is a falseticker, reason "no majority".
Selection select(std::span<const Candidate> candidates, const SelectSettings& settings);

}  // namespace clockwright
