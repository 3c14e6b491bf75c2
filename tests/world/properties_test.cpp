// What must hold of intersection and set whatever the input: RapidCheck looks for the smallest
// counterexample.

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "judge/ensemble.h"
#include "judge/intersection.h"

namespace clockwright {
namespace {

/// Runs a property as a doctest case.
template <class Property>
void holds(const char* what, Property property) {
    CHECK(rc::check(what, property));
}

std::vector<Interval> any_intervals() {
    const auto any =
        rc::gen::map(rc::gen::pair(rc::gen::inRange(-1000, 1000), rc::gen::inRange(0, 400)),
                     [](const std::pair<int, int>& drawn) {
                         const Seconds middle{drawn.first * 1e-3}, half{drawn.second * 1e-3};
                         return Interval{middle - half, middle, middle + half};
                     });
    return *rc::gen::container<std::vector<Interval>>(any);
}

int depth_at(const std::vector<Interval>& intervals, Seconds point) {
    return static_cast<int>(std::ranges::count_if(
        intervals, [&](const Interval& it) { return it.low <= point && point <= it.high; }));
}

TEST_CASE("the intersection is where most intervals meet") {
    holds("depth, edges and overlaps are those of counting", [] {
        const auto intervals = any_intervals();
        const Intersection found = intersect(intervals);
        int deepest = 0;
        for (const Interval& it : intervals) {
            deepest =
                std::max({deepest, depth_at(intervals, it.low), depth_at(intervals, it.high)});
        }
        RC_ASSERT(found.agreeing == deepest);
        RC_ASSERT(found.majority ==
                  (deepest >= 2 && 2 * deepest > static_cast<int>(intervals.size())));
        if (!found.majority) return;
        RC_ASSERT(found.low <= found.high);
        RC_ASSERT(depth_at(intervals, found.low) == deepest);
        RC_ASSERT(depth_at(intervals, found.high) == deepest);
        for (std::size_t i = 0; i < intervals.size(); ++i) {
            const Interval& it = intervals[i];
            RC_ASSERT(found.overlaps[i] == (it.low <= found.high && it.high >= found.low));
            RC_ASSERT(!found.centred[i] || found.overlaps[i]);
        }
    });
}

TEST_CASE("moving all clocks alike moves the intersection and no verdict") {
    holds("translation", [] {
        auto intervals = any_intervals();
        const Intersection before = intersect(intervals);
        const Seconds shift{*rc::gen::inRange(-4, 4) * 0.25};  // exact in binary
        for (Interval& it : intervals) {
            it.low += shift, it.middle += shift, it.high += shift;
        }
        const Intersection after = intersect(intervals);
        RC_ASSERT(std::abs(before.agreeing - after.agreeing) <= 1);  // edges may round together
        if (before.majority && after.majority && before.agreeing == after.agreeing) {
            RC_ASSERT(std::abs((after.low - before.low - shift).count()) < 1e-9 ||
                      before.overlaps != after.overlaps);
        }
    });
}

TEST_CASE("an honest majority keeps the truth in the intersection") {
    holds("more than half of the intervals hold 0", [] {
        auto intervals = any_intervals();
        const auto liars = intervals.size();
        for (std::size_t i = 0; i <= liars + 1; ++i) {
            const Seconds error{*rc::gen::inRange(-100, 100) * 1e-3};
            const Seconds half{std::abs(error.count()) + *rc::gen::inRange(0, 200) * 1e-3};
            intervals.push_back({error - half, error, error + half});
        }
        const Intersection found = intersect(intervals);
        RC_ASSERT(found.majority);
        RC_ASSERT(found.agreeing >= static_cast<int>(liars) + 2);
    });
}

std::vector<Eligible> any_sources() {
    std::vector<Eligible> list;
    const int count = *rc::gen::inRange(0, 14);
    for (int i = 0; i < count; ++i) {
        Eligible it;
        it.index = static_cast<std::size_t>(i);
        if (const int company = *rc::gen::inRange(0, 6); company > 0) {
            it.ties.operator_name = "operator " + std::to_string(company);
        }
        it.ties.address = parse_address("198.51." + std::to_string(*rc::gen::inRange(0, 6)) + "." +
                                        std::to_string(i + 1));
        it.ties.smear = *rc::gen::element(Smear::none, Smear::unknown, Smear::none, Smear::google);
        it.ties.upstream = static_cast<std::uint32_t>(*rc::gen::inRange(0, 3));
        it.ties.rotation = *rc::gen::element("", "", "pool.example");
        it.present = *rc::gen::inRange(0, 4) == 0;
        it.expected_error = it.cost = Seconds{*rc::gen::inRange(1, 9) * 1e-3};
        list.push_back(it);
    }
    return list;
}

SetSettings any_settings() {
    return {.count = *rc::gen::inRange(1, 8),
            .minimum = *rc::gen::inRange(1, 6),
            .domain = *rc::gen::element(TrustDomain::public_internet, TrustDomain::internal),
            .tie = 0.15,
            .machine = *rc::gen::element("", "a machine")};
}

template <class Share>
int largest_group(const std::vector<Eligible>& list, const std::vector<std::size_t>& members,
                  Share share) {
    int largest = 0;
    for (const std::size_t one : members) {
        const auto size = std::ranges::count_if(members, [&](std::size_t other) {
            return one == other || share(list[one].ties, list[other].ties);
        });
        largest = std::max(largest, static_cast<int>(size));
    }
    return largest;
}

TEST_CASE("a set keeps its minimum, its groups and one smear class, and says why not") {
    holds("promises of assemble", [] {
        const auto list = any_sources();
        const SetSettings settings = any_settings();
        const Ensemble set = assemble(list, settings);
        RC_ASSERT(set.members.empty() == !set.refusal.empty());
        for (std::size_t i = 0; i < list.size(); ++i) {
            const bool member = std::ranges::count(set.members, i) > 0;
            RC_ASSERT(member == set.passed_over[i].empty());
        }
        if (set.members.empty()) return;
        const auto size = static_cast<int>(set.members.size());
        RC_ASSERT(size >= settings.minimum);
        RC_ASSERT(size <= std::max(settings.count, settings.minimum));
        const int bound = group_bound(size);
        RC_ASSERT(largest_group(list, set.members, share_operator) <= bound);
        RC_ASSERT(largest_group(list, set.members, [&](const Ties& a, const Ties& b) {
                      return share_network(a, b, settings.domain);
                  }) <= bound);
        RC_ASSERT(largest_group(list, set.members, [&](const Ties& a, const Ties& b) {
                      return share_rotation(a, b, settings.domain);
                  }) <= bound);
        for (const std::size_t member : set.members) {
            RC_ASSERT(share_smear(list[member].ties, list[set.members[0]].ties));
        }
    });
}

TEST_CASE("what upstreams claim takes nobody's set away") {
    holds("the same number of members with and without upstreams", [] {
        auto list = any_sources();
        const SetSettings settings = any_settings();
        const auto with = assemble(list, settings).members.size();
        for (Eligible& it : list) it.ties.upstream = 0;
        RC_ASSERT((assemble(list, settings).members.empty()) == (with == 0));
    });
}

}  // namespace
}  // namespace clockwright
