#include "watch/compliance.h"

#include <algorithm>
#include <cmath>

namespace clockwright {
namespace {

constexpr double longest_hold = 3;  // usual distances
constexpr Seconds usual_without_record{64};

Seconds usual_distance(std::span<const ClockRow> looks) {
    std::vector<double> distances;
    for (std::size_t i = 1; i < looks.size(); ++i)
        distances.push_back(Seconds(looks[i].at - looks[i - 1].at).count());
    const auto median = median_of(std::move(distances));
    return median ? Seconds{*median} : usual_without_record;
}

StandingStretch stretch_of(const ClockRow& look, Seconds limit) {
    StandingStretch stretch;
    if (!look.demonstrated || !look.offset || !look.bound) return stretch;
    stretch.standing = held_to(*look.offset, *look.bound, limit);
    stretch.most_bound = *look.bound;
    stretch.most_offset = Seconds{std::abs(look.offset->count())};
    return stretch;
}

/// Adds stretches up to an instant, joined to the one before when the answer is the same.
class Line {
  public:
    explicit Line(ComplianceFinding& finding) : finding_(finding), at_(finding.period.from) {}

    void go_to(WallTime until, StandingStretch stretch) {
        until = std::min(until, finding_.period.to);
        if (until <= at_) return;
        stretch.period = {at_, until};
        at_ = until;
        share_of(stretch) += stretch.period.length();
        auto& all = finding_.stretches;
        if (all.empty() || all.back().standing != stretch.standing ||
            all.back().recorded != stretch.recorded)
            return all.push_back(stretch);
        StandingStretch& last = all.back();
        last.period.to = until;
        last.most_bound = std::max(last.most_bound, stretch.most_bound);
        last.most_offset = std::max(last.most_offset, stretch.most_offset);
    }

  private:
    Seconds& share_of(const StandingStretch& stretch) {
        if (!stretch.recorded) return finding_.unrecorded;
        if (stretch.standing == Standing::within) return finding_.within;
        if (stretch.standing == Standing::beyond) return finding_.beyond;
        return finding_.not_demonstrated;
    }

    ComplianceFinding& finding_;
    WallTime at_;
};

}  // namespace

double ComplianceFinding::coverage() const {
    const Seconds length = period.length();
    return length > Seconds{0} ? (length - unrecorded) / length : 0;
}

ComplianceFinding hold_to_limit(std::span<const ClockRow> looks, const Period& period,
                                Seconds limit) {
    ComplianceFinding finding;
    finding.period = period;
    const auto hold = to_nanoseconds(longest_hold * usual_distance(looks));
    StandingStretch nothing;
    nothing.recorded = false;
    std::vector<double> bounds;
    Line line(finding);
    for (std::size_t i = 0; i < looks.size(); ++i) {
        const ClockRow& look = looks[i];
        if (look.at >= period.to) break;
        line.go_to(look.at, nothing);
        WallTime until = look.at + hold;
        if (i + 1 < looks.size()) until = std::min(until, looks[i + 1].at);
        line.go_to(until, stretch_of(look, limit));
        if (look.at >= period.from && look.demonstrated && look.bound)
            bounds.push_back(look.bound->count());
    }
    line.go_to(period.to, nothing);
    finding.bounds = distribution_of(std::move(bounds));
    return finding;
}

}  // namespace clockwright
