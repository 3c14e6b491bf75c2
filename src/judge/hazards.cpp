#include "judge/hazards.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "judge/intersection.h"
#include "time/spell.h"

namespace clockwright {
namespace {

using Indices = std::vector<std::size_t>;

class Hazards {
  public:
    Hazards(std::span<const Candidate> candidates, std::span<const Ties> ties,
            const Selection& selection, TrustDomain domain)
        : candidates_(candidates), ties_(ties), selection_(selection), domain_(domain) {}

    std::vector<Hazard> all() {
        tell_second_group();
        tell_carried_majority();
        tell_smear_mix();
        tell_leap_flags();
        tell_single_point();
        tell_spoofs();
        return std::move(found_);
    }

  private:
    const Assessment& assessment(std::size_t i) const { return selection_.assessments[i]; }

    template <class Predicate>
    Indices those(Predicate predicate) const {
        Indices list;
        for (std::size_t i = 0; i < candidates_.size(); ++i) {
            if (predicate(i)) list.push_back(i);
        }
        return list;
    }

    Indices agreeing() const {
        return those([&](std::size_t i) {
            return is_judged(assessment(i).verdict) &&
                   assessment(i).verdict != Verdict::falseticker;
        });
    }

    Indices present() const {
        return those([&](std::size_t i) {
            return candidates_[i].membership != Membership::none && candidates_[i].selectable;
        });
    }

    std::string names(const Indices& list) const {
        constexpr std::size_t most = 5;
        std::vector<std::string> shown;
        for (const std::size_t i : list) {
            if (shown.size() == most) {
                shown.push_back(fmt::format("{} more", list.size() - most));
                break;
            }
            shown.push_back(printable(candidates_[i].source.as_written));
        }
        return fmt::format("{}", fmt::join(shown, ", "));
    }

    void tell_second_group();
    void tell_carried_majority();
    void tell_smear_mix();
    void tell_leap_flags();
    void tell_single_point();
    void tell_spoofs();
    template <class Share>
    Indices largest_group(const Indices& list, std::size_t least, Share share) const;

    std::span<const Candidate> candidates_;
    std::span<const Ties> ties_;
    const Selection& selection_;
    TrustDomain domain_;
    std::vector<Hazard> found_;
};

/// Falsetickers seldom agree by chance: either they or the majority are wrong together.
void Hazards::tell_second_group() {
    if (!selection_.consensus.majority) return;
    const Indices against =
        those([&](std::size_t i) { return assessment(i).verdict == Verdict::falseticker; });
    std::vector<Interval> intervals;
    for (const std::size_t i : against) {
        const Seconds middle = assessment(i).stats->least_offset;
        intervals.push_back(
            {middle - assessment(i).distance, middle, middle + assessment(i).distance});
    }
    const Intersection group = intersect(intervals);
    if (group.agreeing < 2) return;
    // Where most of them meet; the intersection itself tells it only of a majority.
    Indices members;
    for (const Interval& pivot : intervals) {
        Indices here;
        for (std::size_t k = 0; k < intervals.size(); ++k) {
            if (intervals[k].low <= pivot.low && pivot.low <= intervals[k].high) {
                here.push_back(against[k]);
            }
        }
        if (here.size() > members.size()) members = std::move(here);
    }
    Seconds mean{};
    for (const std::size_t i : members) {
        mean += assessment(i).stats->offset / static_cast<double>(members.size());
    }
    found_.push_back(
        {HazardKind::second_group,
         fmt::format("Two groups: {} agree, and {} falsetickers agree with each other on another "
                     "time, {} from it ({}). One of the groups fails or lies together; only "
                     "independence (rule S-4) tells which.",
                     selection_.consensus.agreeing, members.size(),
                     spell_signed(mean - selection_.consensus.offset), names(members))});
}

/// Of those who share something with one of them; empty when none has `least` members. So large a
/// group cannot do without the first of the list, or without so many of them.
template <class Share>
Indices Hazards::largest_group(const Indices& list, std::size_t least, Share share) const {
    Indices largest;
    for (std::size_t first = 0; first + least <= list.size(); ++first) {
        const std::size_t one = list[first];
        Indices group;
        for (const std::size_t other : list) {
            if (one == other || share(ties_[one], ties_[other])) group.push_back(other);
        }
        if (group.size() >= std::max(least, largest.size() + 1)) largest = std::move(group);
    }
    return largest;
}

void Hazards::tell_carried_majority() {
    if (!selection_.consensus.majority) return;
    // Without a group of s there are A − s that agree of J − s that are judged: no majority, when
    // they are fewer than two or s ≥ 2A − J.
    const int agree = selection_.consensus.agreeing, judged = selection_.consensus.judged;
    const auto least =
        static_cast<std::size_t>(std::max(2, std::min(agree - 1, 2 * agree - judged)));
    const auto tell = [&](const Indices& group, std::string_view what) {
        if (group.empty()) return;
        found_.push_back(
            {HazardKind::carried_majority,
             fmt::format("The majority stands on {} alone: without {} nobody would have one (rule "
                         "S-4). If they are wrong together, nothing here can tell.",
                         what, names(group))});
    };
    const Indices list = agreeing();
    const Indices siblings = largest_group(list, least, share_operator);
    tell(siblings,
         siblings.empty() ? "" : "operator " + printable(ties_[siblings[0]].operator_name));
    const auto same_network = [&](const Ties& one, const Ties& other) {
        return share_network(one, other, domain_);
    };
    tell(largest_group(list, least, same_network), "one network");
    tell(largest_group(list, least, share_upstream), "one upstream");
}

void Hazards::tell_smear_mix() {
    const Indices list = present();
    const auto odd = std::ranges::find_if(
        list, [&](std::size_t i) { return !share_smear(ties_[i], ties_[list.front()]); });
    if (odd == list.end()) return;
    found_.push_back({HazardKind::smear_mix,
                      fmt::format("The present sources mix smear classes: {} ({}) and {} ({}). "
                                  "During a leap second they will be up to 1 s apart.",
                                  printable(candidates_[list.front()].source.as_written),
                                  to_string(ties_[list.front()].smear),
                                  printable(candidates_[*odd].source.as_written),
                                  to_string(ties_[*odd].smear))});
}

void Hazards::tell_leap_flags() {
    const Indices list = agreeing();
    const auto with = [&](Leap leap) {
        Indices saying = list;
        std::erase_if(saying, [&](std::size_t i) { return assessment(i).stats->leap != leap; });
        return saying;
    };
    const Indices insert = with(Leap::insert), remove = with(Leap::remove);
    if ((insert.empty() && remove.empty()) || insert.size() == list.size() ||
        remove.size() == list.size()) {
        return;
    }
    const auto none = list.size() - insert.size() - remove.size();
    found_.push_back(
        {HazardKind::leap_flags,
         fmt::format(
             "Leap flags differ: {} announce an inserted second, {} a deleted one, {} none ({}).",
             insert.size(), remove.size(), none, names(insert.empty() ? remove : insert))});
}

void Hazards::tell_single_point() {
    Indices list = present();
    const std::string_view what = list.size() > 1 ? "present" : "chosen";
    if (list.size() < 2) list = selection_.ensemble.members;
    if (list.size() < 2) return;
    const auto all_share = [&](auto share) {
        return !largest_group(list, list.size(), share).empty();
    };
    const auto tell = [&](HazardKind kind, std::string_view have) {
        found_.push_back({kind, fmt::format("Single point of failure: all {} {} sources {}.",
                                            list.size(), what, have)});
    };
    if (all_share(share_operator)) {
        tell(HazardKind::single_operator, "are run by " + printable(ties_[list[0]].operator_name));
    }
    if (all_share([&](const Ties& one, const Ties& other) {
            return share_network(one, other, domain_);
        })) {
        tell(HazardKind::single_point, "are in one network");
    }
    if (std::ranges::all_of(list, [&](std::size_t i) { return ties_[i].anycast; })) {
        tell(HazardKind::single_point, "are anycast: routing may move them at any time");
    }
}

/// Datagrams that answer nothing we asked, or are not authentic: they are ignored, and told.
void Hazards::tell_spoofs() {
    std::ptrdiff_t count = 0;
    Indices list;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
        const auto& rejections = candidates_[i].series.rejections;
        const auto here = std::ranges::count(rejections, Rejection::bogus_origin) +
                          std::ranges::count(rejections, Rejection::unauthenticated);
        if (here > 0) list.push_back(i);
        count += here;
    }
    if (list.empty()) return;
    found_.push_back({HazardKind::spoofs,
                      fmt::format("{} answer{} to what was never asked, or not authentic, came in "
                                  "the name of {}: ignored. Somebody may be guessing.",
                                  count, count == 1 ? "" : "s", names(list))});
}

}  // namespace

std::vector<Hazard> hazards_of(std::span<const Candidate> candidates, std::span<const Ties> ties,
                               const Selection& selection, TrustDomain domain) {
    return Hazards(candidates, ties, selection, domain).all();
}

}  // namespace clockwright
