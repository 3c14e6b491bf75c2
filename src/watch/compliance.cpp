#include "watch/compliance.h"

#include <algorithm>
#include <cmath>

namespace clockwright {
namespace {

Seconds size_of(Seconds offset) {
    return Seconds{std::abs(offset.count())};
}

StandingStretch by_daemon(const HeldLook& held, Seconds limit) {
    StandingStretch stretch{.period = held.period};
    if (!held.bound) return stretch;
    const ClockRow& look = *held.look;
    stretch.standing = held_to(*look.offset, *look.bound, limit);
    if (stretch.standing == Standing::within)
        stretch.standing = held_to(*look.offset, *held.bound, limit);
    stretch.most_bound = held.bound;
    stretch.most_offset = size_of(*look.offset);
    return stretch;
}

bool exclude_each_other(const ClockRow& look) {
    const Seconds half = *look.bound - size_of(*look.offset);
    return size_of(*look.consensus - *look.offset) > half + *look.consensus_bound;
}

StandingStretch stretch_of(const HeldLook& held, Seconds limit) {
    StandingStretch stretch = by_daemon(held, limit);
    const ClockRow& look = *held.look;
    if (!look.consensus || !look.consensus_bound) return stretch;
    const Seconds offset = size_of(*look.consensus), bound = offset + *look.consensus_bound;
    const Standing quorum = held_to(*look.consensus, bound, limit);
    const bool against = quorum == Standing::beyond || (quorum == Standing::not_demonstrated &&
                                                        held.bound && exclude_each_other(look));
    if (!against) return stretch;
    if (stretch.standing != Standing::beyond) stretch.standing = quorum;
    stretch.most_bound = std::max(stretch.most_bound.value_or(bound), bound);
    stretch.most_offset = std::max(stretch.most_offset.value_or(offset), offset);
    return stretch;
}

Seconds& share_of(const StandingStretch& stretch, ComplianceFinding& finding) {
    if (!stretch.recorded) return finding.unrecorded;
    if (stretch.standing == Standing::within) return finding.within;
    if (stretch.standing == Standing::beyond) return finding.beyond;
    return finding.not_demonstrated;
}

/// Joined to the one before when the answer is the same.
void add(const StandingStretch& stretch, ComplianceFinding& finding) {
    if (stretch.period.length() <= Seconds{0}) return;
    share_of(stretch, finding) += stretch.period.length();
    auto& all = finding.stretches;
    if (all.empty() || all.back().standing != stretch.standing ||
        all.back().recorded != stretch.recorded)
        return all.push_back(stretch);
    StandingStretch& last = all.back();
    last.period.to = stretch.period.to;
    last.most_bound = std::max(last.most_bound, stretch.most_bound);  // empty is the least
    last.most_offset = std::max(last.most_offset, stretch.most_offset);
}

void add_unrecorded(const Period& period, ComplianceFinding& finding) {
    add({.period = period, .recorded = false}, finding);
}

}  // namespace

double ComplianceFinding::coverage() const {
    const Seconds length = period.length();
    return length > Seconds{0} ? (length - unrecorded) / length : 0;
}

ComplianceFinding hold_to_limit(std::span<const ClockRow> looks, const Period& period,
                                Seconds limit) {
    return hold_looks_to_limit(hold(looks, period), period, limit);
}

ComplianceFinding hold_looks_to_limit(const HeldLooks& held, const Period& period, Seconds limit) {
    ComplianceFinding finding;
    finding.period = period;
    finding.drift = held.drift;
    finding.drift_recorded = held.drift_recorded;
    std::vector<double> bounds;
    WallTime at = period.from;
    for (const HeldLook& one : held.looks) {
        add_unrecorded({at, one.period.from}, finding);
        add(stretch_of(one, limit), finding);
        at = one.period.to;
        if (one.bound) bounds.push_back(one.bound->count());
    }
    add_unrecorded({at, period.to}, finding);
    finding.bounds = distribution_of(std::move(bounds));
    return finding;
}

}  // namespace clockwright
