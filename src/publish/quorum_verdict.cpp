#include "publish/quorum_verdict.h"

#include <fmt/format.h>

#include <string>

#include "time/spell.h"

namespace clockwright {
namespace {

/// "at least 3 of the 5 servers asked are honest"
std::string honest_text(const QuorumBound& quorum) {
    return fmt::format("at least {} of the {} servers asked are honest", quorum.judged / 2 + 1,
                       quorum.judged);
}

std::string nts_text(const QuorumBound& quorum) {
    return quorum.authenticated == 0 ? "" : fmt::format(" ({} by NTS)", quorum.authenticated);
}

std::string steered_text(const ClockFacts& facts) {
    if (!facts.no_daemon) return facts.daemon + " tells no bound of its own";
    return facts.own_discipline ? "clockwright itself steers it"
                                : "no daemon of this host steers it";
}

}  // namespace

void judge_by_quorum(const ClockFacts& facts, ClockVerdict& verdict) {
    if (!facts.quorum) {
        verdict.condition = "somebody is asked for the time";
        verdict.sentence =
            "Not demonstrated: no time daemon is set up on this host, and no agent hears servers "
            "of which a majority agrees.";
        return;
    }
    const QuorumWord& word = *facts.quorum;
    const QuorumBound& quorum = word.bound;
    verdict.voting = verdict.voters = quorum.judged;
    verdict.agreeing = quorum.agreeing;
    verdict.authenticated = quorum.authenticated;
    if (facts.nts == "require" && facts.nts_set && quorum.authenticated == 0) {
        verdict.condition = "NTS is required";
        verdict.sentence = "Not demonstrated: NTS is required and no authenticated source answers.";
        return;
    }
    verdict.demonstrated = verdict.by_quorum = true;
    verdict.bound_untold = false;
    verdict.age = quorum.age + word.told;
    verdict.bound = ErrorBound{.offset = quorum.offset,
                               .root_dispersion = quorum.bound,
                               .root_delay = {},
                               .growth = growth(word.told, word.drift),
                               .drift = word.drift};
    verdict.grows = word.drift;
    const std::string honest = honest_text(quorum);
    const std::string drifts =
        fmt::format(" and it {} less than {:g} ppm", facts.no_daemon ? "drifts" : "is slewed by",
                    word.drift.value);
    verdict.condition = honest + drifts;
    verdict.sentence =
        fmt::format("UTC is within ±{} of this clock, if {}{}{}; {}, last answer {} ago",
                    spell_bound(verdict.bound->total()), honest, nts_text(quorum), drifts,
                    steered_text(facts), spell_age(verdict.age));
    if (!word.smears.empty()) {
        verdict.condition += ", and no leap second is near";
        verdict.sentence +=
            fmt::format("; but not during a leap second: {} smears", printable(word.smears));
    }
    verdict.sentence += '.';
}

}  // namespace clockwright
