#include "publish/clock_verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "publish/quorum_verdict.h"
#include "time/spell.h"
#include "time/spell_up.h"

namespace clockwright {
namespace {

const DaemonSource* selected_source(const DaemonState& state) {
    const auto found = std::ranges::find(state.sources, '*', &DaemonSource::state);
    return found == state.sources.end() ? nullptr : &*found;
}

const SourceFacts* facts_of(const ClockFacts& facts, const std::string& name) {
    const auto found = std::ranges::find(facts.sources, name, &SourceFacts::name);
    return found == facts.sources.end() ? nullptr : &*found;
}

/// "2 say +0.1 ms, 2 say +1.0 s": answers whose intervals touch belong together.
std::string groups_text(const DaemonState& state) {
    std::vector<const DaemonSource*> sources;
    for (const DaemonSource& source : state.sources) {
        if (is_answering(source)) sources.push_back(&source);
    }
    std::ranges::sort(sources, {}, &DaemonSource::offset);
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < sources.size();) {
        Seconds sum{}, reach = sources[i]->offset + sources[i]->error;
        const std::size_t first = i;
        for (; i < sources.size() && sources[i]->offset - sources[i]->error <= reach; ++i) {
            sum += sources[i]->offset;
            reach = std::max(reach, sources[i]->offset + sources[i]->error);
        }
        const auto count = static_cast<double>(i - first);
        parts.push_back(fmt::format("{} say {}", i - first, spell_signed(sum / count)));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

bool smears(Smear smear) {
    return smear != Smear::none && smear != Smear::unknown;
}

/// The first of the agreeing sources that smears, and one of them that does it otherwise or not.
struct Smearing {
    const SourceFacts* source = nullptr;
    const SourceFacts* other = nullptr;
};

Smearing smearing(const ClockFacts& facts, const DaemonState& state) {
    const SourceFacts* smearing = nullptr;
    const SourceFacts* other = nullptr;
    for (const DaemonSource& source : state.sources) {
        const SourceFacts* known = facts_of(facts, source.name);
        if (known == nullptr || !is_agreeing(source)) continue;
        if (smears(known->smear) && smearing == nullptr) {
            smearing = known;
        } else if (smearing == nullptr || known->smear != smearing->smear) {
            other = known;
        }
    }
    return {smearing, other};
}

/// Why the bound does not hold during a leap second: "a smears, b does not; up to 0.5 s apart
/// then". One source of the pair smears.
std::string smear_text(const Smearing& pair) {
    const auto most = [](const SourceFacts* source) {
        if (source == nullptr || !smears(source->smear)) return 0.0;
        return source->smear == Smear::google || source->smear == Smear::aws ? 0.5 : 1.0;
    };
    std::string text = printable(pair.source->name) + " smears";
    if (pair.other != nullptr)
        text += fmt::format(", {} {}", printable(pair.other->name),
                            smears(pair.other->smear) ? "smears otherwise" : "does not");
    return fmt::format("{}; up to {:g} s {} then", text,
                       std::max(most(pair.source), most(pair.other)),
                       pair.other != nullptr ? "apart" : "from UTC");
}

bool wants_nts(const ClockFacts& facts) {
    const bool asked = std::ranges::any_of(facts.sources, &SourceFacts::asks_nts);
    return asked || (facts.nts_set && facts.nts != "off");
}

std::string nts_text(const ClockVerdict& verdict) {
    if (!verdict.authenticated) return {};
    return *verdict.authenticated == 0 ? " (none by NTS)"
                                       : fmt::format(" ({} by NTS)", *verdict.authenticated);
}

/// " (key exchanges fail with 3)": what stands against NTS, as far as the daemon knows.
std::string failed_exchanges_text(const DaemonState& state) {
    const auto failed = std::ranges::count_if(state.sources, [](const DaemonSource& source) {
        return source.nts && source.nts->cookies == 0 && source.nts->failed_exchanges > 0;
    });
    return failed == 0 ? std::string() : fmt::format(" (key exchanges fail with {})", failed);
}

/// The daemon counts it: it agrees, or is outvoted. Not one that it may not or cannot use.
bool is_voter(const DaemonSource& source) {
    return is_agreeing(source) ||
           (is_answering(source) && (source.state == 'x' || source.state == 'T'));
}

/// Counts who answers, who votes, who agrees and who is authenticated.
void count_sources(const DaemonState& state, ClockVerdict& verdict) {
    int authenticated = 0;
    bool known = false;
    for (const DaemonSource& source : state.sources) {
        if (!is_answering(source)) continue;
        ++verdict.voting;
        if (is_voter(source)) ++verdict.voters;
        if (!is_agreeing(source)) continue;
        ++verdict.agreeing;
        known = known || source.authentication.has_value();
        if (source.authentication == Authentication::nts) ++authenticated;
    }
    if (known) verdict.authenticated = authenticated;
}

std::string two_hands_text(const ClockFacts& facts) {
    std::vector<std::string> names;
    for (const ClockProgram& hand : facts.hands) {
        names.push_back(fmt::format("{} ({})", printable(hand.name), hand.pid));
    }
    return fmt::format(
        "Not demonstrated: {} {} move this clock. Clockwright changes nothing until one stops.",
        fmt::join(names, " and "), names.size() == 2 ? "both" : "all");
}

/// What the root dispersion that it tells has grown by since its last update.
std::optional<Ppm> own_growth(const DaemonState& state) {
    switch (traits_of(state.kind).dispersion) {
        case DaemonTraits::Dispersion::by_phi:
            return Ppm{phi * 1e6};
        case DaemonTraits::Dispersion::by_skew:
            return state.tracking.skew.value_or(Ppm{});
        case DaemonTraits::Dispersion::stands_still:
            break;
    }
    return std::nullopt;
}

/// By the daemon that still tells its last update; chronyd does not once it is unsynchronised.
std::optional<LastBound> last_bound(const ClockFacts& facts, Seconds age) {
    const DaemonTracking& tracking = facts.state->tracking;
    if (tracking.reference_time == WallTime{}) return facts.last_bound;
    const Seconds grown = growth(age, own_growth(*facts.state).value_or(Ppm{}));
    const ErrorBound then{tracking.offset,
                          std::max(tracking.root_dispersion - grown, Seconds{0}),
                          tracking.root_delay,
                          {},
                          {}};
    return LastBound{tracking.reference_time, then.total()};
}

std::string unsynchronised_text(const ClockFacts& facts, const ClockVerdict& verdict) {
    const std::string why = verdict.voting == 0     ? "no source answers"
                            : verdict.agreeing == 0 ? "no source is fit to follow"
                                                    : "it has not chosen a source yet";
    const auto last = last_bound(facts, verdict.age);
    if (!last) {
        return fmt::format("Not demonstrated: {} runs but has set nothing yet ({}).", facts.daemon,
                           why);
    }
    const Seconds age = std::max(Seconds{facts.state->read_at - last->at}, Seconds{0});
    return fmt::format(
        "Not demonstrated: {} runs but has set nothing for {} ({}). By drift alone the error grew "
        "by up to {} since the last bound, ±{}.",
        facts.daemon, spell_age(age), why, spell_up(growth(age)), spell_bound(last->bound));
}

/// It says whether it is synchronised and not how well.
void judge_without_bound(const ClockFacts& facts, ClockVerdict& verdict) {
    const auto listed = facts.state->sources.size();
    const std::string valid = fmt::format("{} of its {} sources {} valid", verdict.agreeing, listed,
                                          verdict.agreeing == 1 ? "is" : "are");
    verdict.bound_untold = facts.state->tracking.synchronised();
    if (verdict.bound_untold) {
        verdict.condition = facts.daemon + " tells its root distance";
        verdict.sentence = fmt::format(
            "Not demonstrated: {} is synced and {}, but it tells no root distance; clockwright "
            "scan measures how far off this clock is.",
            facts.daemon, valid);
    } else {
        verdict.condition = facts.daemon + " is synchronised";
        verdict.sentence = fmt::format("Not demonstrated: {} says that it is not synced; {}.",
                                       facts.daemon, valid);
    }
}

std::string watching_text(const ClockFacts& facts, const ErrorBound& bound) {
    const Seconds offset = bound.offset;
    const Seconds half_width = bound.total() - Seconds{std::abs(offset.count())};
    return fmt::format("This clock is {} ±{} {}; {} (-x) watches and does not set it.",
                       spell(Seconds{std::abs(offset.count())}), spell_bound(half_width),
                       offset.count() >= 0 ? "slow" : "fast", facts.daemon);
}

/// "this clock drifts less than 0.31 ppm, as in 99 % of its record": rounded up.
std::string drift_condition(const ClockFacts& facts, const ErrorBound& bound) {
    return fmt::format("this clock drifts less than {:.4g} ppm{}",
                       std::ceil(bound.drift.value * 100) / 100,
                       facts.wander ? ", as in 99 % of its record" : "");
}

std::string stale_text(const ClockFacts& facts, const ClockVerdict& verdict) {
    const ErrorBound& now = *verdict.bound;
    const Seconds then = now.total() - growth(verdict.age, now.drift);
    return fmt::format("UTC was within ±{} at {}, {} ago; it is within ±{} now if {}.",
                       spell_bound(then), rfc3339(facts.state->tracking.reference_time).substr(11),
                       spell_age(verdict.age), spell_bound(now.total()), verdict.condition);
}

std::string good_text(const ClockVerdict& verdict) {
    return fmt::format("UTC is within ±{} of this clock, if {}{}; last update {} ago.",
                       spell_bound(verdict.bound->total()), verdict.condition, nts_text(verdict),
                       spell_age(verdict.age));
}

/// The cases of a daemon that follows a source, in the order of what weighs most.
void judge_following(const ClockFacts& facts, ClockVerdict& verdict) {
    const DaemonState& state = *facts.state;
    const std::string bound = spell_bound(verdict.bound->total());
    verdict.demonstrated = true;
    const DaemonSource* followed = selected_source(state);
    const std::string only = followed != nullptr ? printable(followed->name) : "its source";
    verdict.condition = verdict.voters == 1
                            ? only + " is right"
                            : fmt::format("at least {} of its {} sources are honest",
                                          verdict.voters / 2 + 1, verdict.voters);
    const Smearing smear = smearing(facts, state);
    if (facts.nts == "require" && facts.nts_set && verdict.authenticated.value_or(0) == 0) {
        verdict.demonstrated = false;
        verdict.condition = "NTS is required";
        verdict.sentence = "Not demonstrated: NTS is required and no authenticated source answers.";
    } else if (verdict.stale) {
        verdict.condition = drift_condition(facts, *verdict.bound);
        verdict.sentence = stale_text(facts, verdict);
    } else if (facts.watches_only) {
        verdict.sentence = watching_text(facts, *verdict.bound);
    } else if (smear.source != nullptr && smear.other != nullptr) {
        verdict.condition = "no leap second is near";
        verdict.sentence = fmt::format("UTC is within ±{} now, but not during a leap second: {}.",
                                       bound, smear_text(smear));
        return;
    } else if (verdict.voters == 1) {
        verdict.sentence = fmt::format(
            "UTC is within ±{} of this clock if {} is right; nothing else checks it.", bound, only);
    } else if (wants_nts(facts) && verdict.authenticated == 0) {
        verdict.condition = "nobody alters packets on the way";
        verdict.sentence = fmt::format(
            "UTC is within ±{} of this clock, if nobody alters packets on the way: nts = {}, but "
            "no source is authenticated{}.",
            bound, facts.nts, failed_exchanges_text(state));
    } else {
        verdict.sentence = good_text(verdict);
    }
    if (smear.source == nullptr || !verdict.demonstrated) return;
    verdict.condition += ", and no leap second is near";
    verdict.sentence.pop_back();
    verdict.sentence += fmt::format("; but not during a leap second: {}.", smear_text(smear));
}

/// Of a daemon that does not say which source it follows: the one with the longest poll.
const DaemonSource* slowest_answering(const DaemonState& state) {
    const DaemonSource* slowest = nullptr;
    for (const DaemonSource& source : state.sources)
        if (is_answering(source) && (slowest == nullptr || source.poll > slowest->poll))
            slowest = &source;
    return slowest;
}

/// No source is selected (the daemon coasts), or its last update is older than three polls.
bool is_stale(const DaemonState& state, Seconds age) {
    const DaemonSource* selected = selected_source(state);
    if (selected == nullptr && traits_of(state.kind).follows == DaemonTraits::Follows::no_source)
        selected = slowest_answering(state);
    if (selected == nullptr) return true;
    return age >
           std::max(3 * Seconds{std::ldexp(1.0, std::clamp(selected->poll, 0, 17))}, Seconds{16});
}

}  // namespace

bool is_answering(const DaemonSource& source) {
    return source.reach != 0;
}

bool is_agreeing(const DaemonSource& source) {
    return is_answering(source) && std::string_view("*+-PUDW").contains(source.state);
}

ClockVerdict judge_clock(const ClockFacts& facts) {
    ClockVerdict verdict;
    verdict.reachable = facts.state.has_value();
    if (facts.hands.size() > 1 && !facts.watches_only) {
        verdict.condition = "one program alone moves this clock";
        verdict.sentence = two_hands_text(facts);
        return verdict;
    }
    if (facts.no_daemon) {
        judge_by_quorum(facts, verdict);
        return verdict;
    }
    if (!facts.state) {
        verdict.condition = facts.daemon + " answers";
        verdict.sentence = "Not demonstrated: " + facts.why_not + ".";
        return verdict;
    }
    const DaemonState& state = *facts.state;
    const DaemonTracking& tracking = state.tracking;
    count_sources(state, verdict);
    if (tracking.bound_known)
        verdict.age = std::max(Seconds{state.read_at - tracking.reference_time}, Seconds{0});
    if (tracking.local_reference()) {
        verdict.condition = "a source of UTC is followed";
        verdict.sentence = fmt::format(
            "Not demonstrated: {} serves its own clock (local stratum {}); \"synchronised\" here "
            "means "
            "nothing about UTC.",
            facts.daemon, tracking.stratum);
        return verdict;
    }
    if (selected_source(state) == nullptr &&
        std::ranges::count(state.sources, 'x', &DaemonSource::state) > 1) {
        verdict.condition = "a majority of the sources agrees";
        verdict.sentence = fmt::format(
            "Not demonstrated: the sources disagree ({}); nobody can tell which is right. {} is "
            "coasting.",
            groups_text(state), facts.daemon);
        return verdict;
    }
    if (!tracking.bound_known) {
        judge_without_bound(facts, verdict);
        if (verdict.bound_untold && facts.quorum) judge_by_quorum(facts, verdict);
        return verdict;
    }
    if (!tracking.synchronised()) {
        verdict.condition = facts.daemon + " is synchronised";
        verdict.sentence = unsynchronised_text(facts, verdict);
        return verdict;
    }
    verdict.stale = is_stale(state, verdict.age);
    if (facts.set_since) {
        verdict.condition = facts.daemon + " has measured since this clock was set";
        verdict.sentence =
            fmt::format("Not demonstrated: the clock was set by {} since {}'s last update.",
                        spell_signed(*facts.set_since), facts.daemon);
        return verdict;
    }
    verdict.bound = bound_of({.offset = tracking.offset,
                              .root_dispersion = tracking.root_dispersion,
                              .root_delay = tracking.root_delay,
                              .age = verdict.age,
                              .grows = own_growth(state),
                              .holdover = verdict.stale},
                             facts.wander);
    verdict.grows =
        verdict.stale ? verdict.bound->drift : own_growth(state).value_or(Ppm{phi * 1e6});
    judge_following(facts, verdict);
    return verdict;
}

std::optional<Seconds> bound_after(const ClockVerdict& verdict, Seconds later) {
    if (!verdict.demonstrated || !verdict.bound) return std::nullopt;
    return verdict.bound->total() + growth(std::max(later, Seconds{0}), verdict.grows);
}

}  // namespace clockwright
