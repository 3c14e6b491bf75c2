#include "judge/nts_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "judge/independence.h"
#include "time/spell.h"

namespace clockwright {
namespace {

/// The operators of these; one that is not stated is one of its own.
int operators_of(const std::vector<Ties>& sources) {
    std::vector<Ties> different;
    for (const Ties& ties : sources) {
        const auto known = [&](const Ties& other) { return share_operator(other, ties); };
        if (std::ranges::none_of(different, known)) different.push_back(ties);
    }
    return static_cast<int>(different.size());
}

std::string plural(int count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string decision_text(const NtsChoice& choice, NtsPolicy policy, std::size_t members) {
    const std::string have = fmt::format("{} of {}", plural(choice.sources, "NTS source"),
                                         plural(choice.operators, "operator"));
    if (policy == NtsPolicy::off) {
        return choice.sources == 0 ? std::string()
                                   : fmt::format("nts = off: {} written without NTS", have);
    }
    if (choice.write) {
        return choice.sources == static_cast<int>(members)
                   ? "every chosen source is written with NTS"
                   : fmt::format("{} written with NTS", have);
    }
    if (choice.sources == 0 && policy == NtsPolicy::prefer) return {};
    return fmt::format(
        "{}: {} of {} operators would be needed, since chronyd would trust them above all plain "
        "ones; no further source is written with NTS",
        have, enough_nts_sources, enough_nts_sources);
}

}  // namespace

std::string_view to_string(NtsPolicy policy) {
    switch (policy) {
        case NtsPolicy::off:
            return "off";
        case NtsPolicy::prefer:
            return "prefer";
        case NtsPolicy::require:
            return "require";
    }
    return "prefer";
}

std::optional<NtsPolicy> parse_nts_policy(std::string_view text) {
    for (const NtsPolicy policy : {NtsPolicy::off, NtsPolicy::prefer, NtsPolicy::require}) {
        if (text == to_string(policy)) return policy;
    }
    return std::nullopt;
}

bool is_authenticated(const Candidate& candidate) {
    const auto& samples = candidate.series.samples;
    if (candidate.nts && candidate.nts->failure == NtsFailure::clock_wrong) return false;
    return candidate.source.authentication == Authentication::nts && !samples.empty() &&
           std::ranges::all_of(samples, &Sample::authenticated);
}

std::string objection_to(const Candidate& candidate, NtsPolicy policy) {
    if (policy != NtsPolicy::require || candidate.membership == Membership::foreign ||
        candidate.source.authentication == Authentication::nts) {
        return {};
    }
    return "it is not authenticated, and nts = require";
}

std::string downgrade_objection(const Candidate& candidate, std::span<const Candidate> all,
                                NtsPolicy policy) {
    if (policy == NtsPolicy::off || candidate.membership != Membership::none ||
        candidate.source.authentication == Authentication::nts || candidate.source.permitted) {
        return {};
    }
    const std::string name = lower_case(candidate.source.host.name);
    const auto failing = std::ranges::find_if(all, [&](const Candidate& it) {
        const bool same = (!name.empty() && lower_case(it.source.host.name) == name) ||
                          (it.address && it.address == candidate.address);
        return same && it.written == Authentication::nts && !is_authenticated(it);
    });
    if (failing == all.end()) {
        return {};
    }
    return fmt::format("it is {}, whose NTS fails, without NTS",
                       printable(failing->source.as_written));
}

NtsChoice choose_nts(std::span<const Candidate> candidates, std::span<const std::size_t> members,
                     NtsPolicy policy, bool daemon_can) {
    std::vector<Ties> authenticated;
    for (const std::size_t member : members) {
        const Candidate& candidate = candidates[member];
        if (is_authenticated(candidate))
            authenticated.push_back(ties_of(candidate.source, candidate.address));
    }
    NtsChoice choice;
    choice.sources = static_cast<int>(authenticated.size());
    choice.operators = operators_of(authenticated);
    const bool enough =
        choice.sources >= enough_nts_sources && choice.operators >= enough_nts_sources;
    const bool alone = choice.sources > 0 && choice.sources == static_cast<int>(members.size());
    if (!daemon_can && policy != NtsPolicy::off && choice.sources > 0) {
        choice.decision =
            fmt::format("the daemon has no words for NTS: {} could only be written without it",
                        plural(choice.sources, "NTS source"));
        return choice;
    }
    choice.write = (policy != NtsPolicy::off && enough) || (policy == NtsPolicy::require && alone);
    choice.decision = decision_text(choice, policy, members.size());
    return choice;
}

bool is_written_with_nts(const Candidate& candidate, const NtsChoice& choice, NtsPolicy policy) {
    if (candidate.source.authentication != Authentication::nts) return false;
    const bool stays = policy != NtsPolicy::off && candidate.written == Authentication::nts;
    return choice.write || stays;
}

}  // namespace clockwright
