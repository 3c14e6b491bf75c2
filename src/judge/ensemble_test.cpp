#include "judge/ensemble.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include <fmt/format.h>

namespace clockwright {
namespace {

/// A newcomer of its own network, with an expected error of `error` ms.
Eligible source(std::size_t index, std::string operator_name, double error) {
    Eligible it;
    it.index = index;
    it.ties.operator_name = std::move(operator_name);
    it.ties.address = parse_address(fmt::format("198.{}.{}.1", 51 + index / 200, index % 200));
    it.expected_error = it.cost = Seconds{error * 1e-3};
    return it;
}

Eligible foreign(std::size_t index, std::string operator_name, double error) {
    Eligible it = source(index, std::move(operator_name), error);
    it.stays = it.present = true;
    return it;
}

Eligible foreign_falseticker(std::size_t index) {
    Eligible it = foreign(index, "", 0);
    it.usable = false;
    it.vote = Vote::against;
    return it;
}

Eligible smearing(Eligible it, Smear smear) {
    it.ties.smear = smear;
    return it;
}

std::vector<Eligible> independent(std::size_t count) {
    std::vector<Eligible> list;
    for (std::size_t i = 0; i < count; ++i) {
        list.push_back(source(i, "", 1.0 + static_cast<double>(i)));
    }
    return list;
}

using Indices = std::vector<std::size_t>;

TEST_CASE("the set is the sources of least expected error, the best first") {
    auto list = independent(8);
    std::ranges::reverse(list);
    const Ensemble set = assemble(list, {});
    CHECK(set.members == Indices{0, 1, 2, 3, 4});
    CHECK(set.expected_error.count() == doctest::Approx(0.003));
    CHECK(set.refusal.empty());
    CHECK_FALSE(set.foreign_rule);
    CHECK(set.tolerates == tolerance_of(5));
    CHECK(set.passed_over[0] == "passed over: the set has its 5 members");
    CHECK(set.passed_over[7].empty());
}

TEST_CASE("a foreign source that is down counts for its operator: it stays, and comes back") {
    std::vector<Eligible> list;
    for (std::size_t i = 0; i < 7; ++i)
        list.push_back(source(i, i < 2 ? "A" : fmt::format("{}", i), 1.0 + static_cast<double>(i)));
    CHECK(assemble(list, {.count = 5}).members == Indices{0, 1, 2, 3, 4});
    Eligible down = foreign(7, "A", 1);
    down.usable = false;
    list.push_back(down);
    CHECK(assemble(list, {.count = 5}).members == Indices{0, 2, 3, 4, 5});
}

TEST_CASE("of twelve sources by six operators, five are at most two of one operator") {
    std::vector<Eligible> list;
    for (std::size_t i = 0; i < 12; ++i) {
        list.push_back(source(i, fmt::format("operator {}", i / 2), 1.0 + static_cast<double>(i)));
    }
    CHECK(assemble(list, {.count = 5}).members == Indices{0, 1, 2, 3, 4});
    CHECK(assemble(list, {.count = 4}).members == Indices{0, 2, 4, 6});

    for (std::size_t i = 0; i < 3; ++i) {
        list[i].ties.operator_name = "NIST";
    }
    const Ensemble set = assemble(list, {.count = 5});
    CHECK(set.members == Indices{0, 1, 3, 4, 5});
    CHECK(set.passed_over[2] == "passed over: operator NIST already has 2 of 5");
}

TEST_CASE("a smaller set is bound more tightly") {
    // Five sources, but the bound of two leaves four of them; four may have one per operator only.
    const std::vector<Eligible> two_large{source(0, "A", 1), source(1, "A", 2), source(2, "A", 3),
                                          source(3, "B", 4), source(4, "C", 5), source(5, "D", 6)};
    CHECK(assemble(two_large, {.count = 5}).members == Indices{0, 1, 3, 4, 5});
    const std::span without_last = std::span(two_large).first(5);
    const Ensemble none = assemble(without_last, {.count = 5, .minimum = 4});
    CHECK(none.members.empty());
    CHECK(none.refusal == "5 servers qualify, but of one smear class and independent only 3 of 4");
    CHECK(none.passed_over[0] == "no set: " + none.refusal);
    CHECK(assemble(without_last, {.count = 5, .minimum = 3}).members == Indices{0, 3, 4});
}

TEST_CASE("the best server is left out where only others make a set") {
    // It shares its operator with one and its network with another; those two share nothing.
    std::vector<Eligible> list = independent(5);
    list[1].ties.operator_name = list[0].ties.operator_name = "A";
    list[0].ties.address = parse_address("192.0.2.1");
    list[2].ties.address = parse_address("192.0.2.2");
    const Ensemble set = assemble(list, {.count = 4, .minimum = 4});
    CHECK(set.members == Indices{1, 2, 3, 4});
    CHECK(set.passed_over[0] == "passed over: with it no 4 servers are independent");
    CHECK(assemble(list, {.count = 3, .minimum = 3}).members == Indices{0, 3, 4});
    list[3].ties.operator_name = list[4].ties.operator_name = "B";
    CHECK(assemble(list, {.count = 4, .minimum = 4}).refusal.ends_with("only 3 of 4"));
}

TEST_CASE("a network is a group in the public domain only") {
    auto list = independent(6);
    for (std::size_t i = 0; i < 3; ++i) {
        list[i].ties.address = parse_address(fmt::format("192.0.2.{}", i + 1));
    }
    const Ensemble in_public = assemble(list, {});
    CHECK(in_public.members == Indices{0, 1, 3, 4, 5});
    CHECK(in_public.passed_over[2] == "passed over: its network already has 2 of 5");
    CHECK(assemble(list, {.domain = TrustDomain::internal}).members == Indices{0, 1, 2, 3, 4});

    for (std::size_t i = 0; i < 6; ++i) {
        list[i].ties.address = parse_address(fmt::format("10.0.0.{}", i + 1));
    }
    CHECK(assemble(list, {}).members == Indices{0, 1, 2, 3, 4});
}

TEST_CASE("an internal operator binds when it is stated") {
    auto list = independent(4);
    const SetSettings internal{.count = 5, .minimum = 4, .domain = TrustDomain::internal};
    CHECK(assemble(list, internal).members.size() == 4);
    list[0].ties.operator_name = list[1].ties.operator_name = "Corp";
    CHECK(assemble(list, internal).members.empty());
}

TEST_CASE("fewer than the minimum are no set") {
    const Ensemble none = assemble(independent(3), {.minimum = 4});
    CHECK(none.members.empty());
    CHECK(none.refusal == "only 3 of the 4 servers needed qualify");
    CHECK_FALSE(none.takeover_would_help);
    CHECK(assemble(independent(3), {.minimum = 3}).members.size() == 3);
    CHECK(assemble({}, {}).refusal == "only 0 of the 4 servers needed qualify");
}

TEST_CASE("a server is a member once, and the name it has already is kept") {
    auto list = independent(6);
    list[1].ties.address = list[0].ties.address;
    CHECK(assemble(list, {}).members == Indices{0, 2, 3, 4, 5});
    list[1].present = true;
    const Ensemble kept = assemble(list, {});
    CHECK(kept.members == Indices{1, 2, 3, 4, 5});
    CHECK(kept.passed_over[0] == "passed over: the same server is there under another name");

    auto with_wrong = independent(6);
    with_wrong.push_back(foreign_falseticker(6));
    with_wrong[6].ties.address = with_wrong[0].ties.address;
    CHECK(assemble(with_wrong, {}).members == Indices{1, 2, 3, 4, 5});
}

TEST_CASE("foreign sources that are usable are members whatever they cost") {
    auto list = independent(6);
    list.push_back(foreign(6, "", 50));
    const Ensemble set = assemble(list, {});
    CHECK(set.members == Indices{0, 1, 2, 3, 6});
    CHECK(set.expected_error.count() == doctest::Approx(0.012));
    CHECK_FALSE(set.foreign_rule);
}

TEST_CASE("foreign sources beyond the count stay all the same") {
    std::vector<Eligible> list = independent(3);
    for (std::size_t i = 3; i < 9; ++i) {
        list.push_back(foreign(i, "", 9));
    }
    const Ensemble set = assemble(list, {.count = 5});
    CHECK(set.members == Indices{3, 4, 5, 6, 7, 8});
    CHECK(set.foreign_rule);
}

TEST_CASE("what foreign sources overfill keeps newcomers of that group out") {
    std::vector<Eligible> list{foreign(0, "Corp", 1), foreign(1, "Corp", 2), foreign(2, "Corp", 3),
                               source(3, "Corp", 1),  source(4, "B", 4),     source(5, "C", 5)};
    CHECK(assemble(list, {}).members == Indices{0, 1, 2, 4, 5});
}

TEST_CASE("foreign sources rule when they hold half of the votes or more") {
    auto list = independent(5);
    list.push_back(foreign(5, "", 1));
    list.push_back(foreign(6, "", 1));
    CHECK_FALSE(assemble(list, {}).foreign_rule);  // 2 of 5
    list.push_back(foreign_falseticker(7));
    CHECK(assemble(list, {}).foreign_rule);  // 3 of 6
    list.back().vote = Vote::none;
    CHECK_FALSE(assemble(list, {}).foreign_rule);

    auto one_of_five = independent(5);
    one_of_five.push_back(foreign(5, "", 1));
    one_of_five.push_back(foreign_falseticker(6));
    one_of_five.push_back(foreign_falseticker(7));
    CHECK_FALSE(assemble(one_of_five, {}).foreign_rule);  // 3 of 7
}

TEST_CASE("a set that foreign falsetickers would outvote is refused") {
    auto list = independent(5);
    for (std::size_t i = 5; i < 9; ++i) {
        list.push_back(foreign_falseticker(i));
    }
    CHECK(assemble(list, {}).members.size() == 5);
    list.push_back(foreign_falseticker(9));
    const Ensemble none = assemble(list, {});
    CHECK(none.members.empty());
    CHECK(none.refusal == "5 foreign falsetickers would deny a set of 5 its majority");
    CHECK(none.takeover_would_help);
    for (Eligible& it : list) {
        it.vote = it.usable ? Vote::for_us : Vote::none;
    }
    CHECK(assemble(list, {}).members.size() == 5);
}

TEST_CASE("unsmeared sources are preferred, and one smearer is better than no set") {
    std::vector<Eligible> list;
    for (std::size_t i = 0; i < 5; ++i) {
        list.push_back(smearing(source(i, "", 1), Smear::google));
        list.push_back(smearing(source(i + 5, "", 9), i % 2 ? Smear::none : Smear::unknown));
    }
    const Ensemble unsmeared = assemble(list, {});
    CHECK(std::ranges::all_of(unsmeared.members, [](std::size_t index) { return index >= 5; }));
    CHECK(unsmeared.passed_over[0] ==
          "passed over: its smear class (google) is not that of the set");

    list.resize(9);
    list.erase(list.begin() + 1);
    REQUIRE(list.size() == 8);  // five that smear, three that do not
    list.push_back(smearing(source(10, "", 2), Smear::google));
    list.push_back(smearing(source(11, "", 1), Smear::aws));
    const Ensemble smeared = assemble(list, {});
    CHECK(smeared.members.size() == 5);
    for (const std::size_t member : smeared.members) {
        CHECK((member < 5 || member == 10));
    }
}

TEST_CASE("the set smears as the foreign sources do, or is refused") {
    auto list = independent(6);
    list.push_back(smearing(foreign(6, "", 1), Smear::google));
    const Ensemble none = assemble(list, {});
    CHECK(none.members.empty());
    CHECK(none.takeover_would_help);

    list.push_back(foreign(7, "", 1));
    const Ensemble mixed = assemble(list, {});
    CHECK(mixed.refusal == "the foreign sources mix smear classes");
    CHECK(mixed.takeover_would_help);

    for (Eligible& it : list) {
        it.ties.smear = Smear::google;
    }
    CHECK(assemble(list, {}).members.size() == 5);
}

TEST_CASE("what a set tolerates") {
    CHECK(tolerance_of(0) == "nothing: there is no source");
    CHECK(tolerance_of(1) == "nothing: nobody checks a single source");
    CHECK(tolerance_of(2) == "nothing: when 2 sources disagree nobody can tell which is right");
    CHECK(tolerance_of(3) == "1 wrong OR 1 lost, not both; a 4th source would give both");
    CHECK(tolerance_of(4) == "1 wrong and 1 lost");
    CHECK(tolerance_of(5) ==
          "2 wrong, or 1 wrong and 2 lost; one more source would give 2 wrong and 1 lost");
    CHECK(tolerance_of(6) == "2 wrong and 1 lost");
}

Eligible following(Eligible it, std::uint32_t upstream) {
    it.ties.upstream = upstream;
    return it;
}

TEST_CASE("a shared upstream lowers a newcomer below all others, and no further") {
    auto list = independent(7);
    for (std::size_t i = 0; i < 4; ++i) list[i] = following(list[i], 0xc0000201);
    CHECK(assemble(list, {}).members == Indices{0, 1, 4, 5, 6});
    list.resize(5);  // nobody else: better than no set
    CHECK(assemble(list, {}).members == Indices{0, 1, 2, 3, 4});
}

TEST_CASE("a claimed upstream never evicts a member that is there") {
    auto list = independent(7);
    for (std::size_t i = 0; i < 4; ++i) {
        list[i] = following(list[i], 0xc0000201);
        list[i].present = true;
    }
    CHECK(assemble(list, {}).members == Indices{0, 1, 2, 3, 4});
}

TEST_CASE("a server that another follows counts as its upstream") {
    auto list = independent(7);
    list[0].ties.address = parse_address("192.0.2.1");
    list[1] = following(list[1], 0xc0000201);
    list[2] = following(list[2], 0xc0000201);
    CHECK(assemble(list, {}).members == Indices{0, 1, 3, 4, 5});
}

TEST_CASE("a DNS rotation is a group, and no member beside one of its own") {
    auto list = independent(7);
    for (std::size_t i = 0; i < 3; ++i) list[i].ties.rotation = "time.nist.gov";
    const Ensemble set = assemble(list, {});
    CHECK(set.members == Indices{0, 1, 3, 4, 5});
    CHECK(set.passed_over[2] == "passed over: the rotation time.nist.gov already has 2 of 5");
    list[1].ties.rotates = true;
    CHECK(assemble(list, {}).members == Indices{0, 2, 3, 4, 5});
    CHECK(assemble(list, {}).passed_over[1] ==
          "passed over: the rotation it belongs to is there, or one of its members");
}

TEST_CASE("a fleet spreads over newcomers that are equal within the gain") {
    std::vector<Eligible> list;
    for (std::size_t i = 0; i < 20; ++i) {
        list.push_back(source(i, "", 1.0 + 0.005 * static_cast<double>(i)));
    }
    list.push_back(source(20, "", 1.2));
    std::vector<int> chosen(list.size());
    for (int machine = 0; machine < 200; ++machine) {
        const SetSettings settings{.tie = 0.15, .machine = fmt::format("machine {}", machine)};
        const Ensemble set = assemble(list, settings);
        REQUIRE(set.members.size() == 5);
        REQUIRE(assemble(list, settings).members == set.members);
        for (const std::size_t member : set.members) ++chosen[member];
    }
    for (std::size_t i = 0; i < 20; ++i) {
        CAPTURE(i);
        CHECK(chosen[i] > 20);  // 50 on average
        CHECK(chosen[i] < 90);
    }
    CHECK(chosen[20] == 0);
    CHECK(assemble(list, {.tie = 0.15}).members == Indices{0, 1, 2, 3, 4});
}

TEST_CASE("a present source goes before newcomers that are equal within the gain") {
    std::vector<Eligible> list;
    for (std::size_t i = 0; i < 20; ++i) list.push_back(source(i, "", 1.0));
    list[7].expected_error = list[7].cost = Seconds{1.1e-3};
    list[7].present = true;
    for (int machine = 0; machine < 50; ++machine) {
        const Ensemble set =
            assemble(list, {.tie = 0.15, .machine = fmt::format("machine {}", machine)});
        REQUIRE(std::ranges::count(set.members, 7U) == 1);
    }
}

TEST_CASE("a set is chosen by cost, and led by its least expected error") {
    auto list = independent(6);
    list[0].cost = Seconds{1};
    list[5].cost = Seconds{0};
    const Ensemble set = assemble(list, {});
    CHECK(set.members == Indices{1, 2, 3, 4, 5});
    CHECK(set.expected_error.count() == doctest::Approx(0.004));
    CHECK(set.cost.count() == doctest::Approx(0.0028));
}

/// Random sources of few operators, networks and smear classes, some of them foreign.
std::vector<Eligible> random_sources(std::mt19937& random) {
    std::vector<Eligible> list;
    const auto count = random() % 16;
    for (std::size_t i = 0; i < count; ++i) {
        const auto company = random() % 7;
        Eligible it = source(i, company ? fmt::format("operator {}", company) : "",
                             1.0 + static_cast<double>(random() % 5));
        it.ties.address =
            parse_address(fmt::format("192.0.{}.{}", random() % 6, 1 + random() % 30));
        const auto dice = random() % 12;
        it.ties.smear = dice == 0 ? Smear::google : dice < 4 ? Smear::none : Smear::unknown;
        it.stays = it.present = random() % 12 == 0;
        it.usable = !it.stays || random() % 2 == 0;
        it.vote = it.usable ? Vote::for_us : Vote::against;
        list.push_back(it);
    }
    return list;
}

void check_promises(const std::vector<Eligible>& list, const SetSettings& settings,
                    const Ensemble& set) {
    REQUIRE(set.passed_over.size() == list.size());
    REQUIRE(set.members.empty() == !set.refusal.empty());
    if (set.members.empty()) {
        return;
    }
    std::vector<const Eligible*> members;
    int foreign_count = 0, ours = 0;
    for (const std::size_t index : set.members) {
        const Eligible& it = list[index];
        members.push_back(&it);
        foreign_count += it.stays;
        ours += !it.stays;
        REQUIRE(it.usable);
        REQUIRE(set.passed_over[index].empty());
    }
    const int size = static_cast<int>(members.size());
    REQUIRE(size >= settings.minimum);
    REQUIRE(ours + foreign_count <= std::max({settings.count, settings.minimum, foreign_count}));
    REQUIRE(std::ranges::all_of(list, [&](const Eligible& it) {
        return !(it.stays && it.usable) || std::ranges::count(set.members, it.index) == 1;
    }));
    for (const Eligible* one : members) {
        int siblings = 0, neighbours = 0;
        for (const Eligible* other : members) {
            REQUIRE(share_smear(one->ties, other->ties));
            siblings += one == other || share_operator(one->ties, other->ties);
            neighbours += one == other || share_network(one->ties, other->ties, settings.domain);
            const bool both_stay = one->stays && other->stays;
            REQUIRE((one == other || both_stay || !share_server(one->ties, other->ties)));
        }
        if (!one->stays) {
            REQUIRE(siblings <= group_bound(size));
            REQUIRE(neighbours <= group_bound(size));
        }
    }
}

TEST_CASE("whatever the sources, a set keeps the bounds, the minimum and one smear class") {
    std::mt19937 random(20261120);
    int sets = 0;
    for (int round = 0; round < 4000; ++round) {
        CAPTURE(round);
        const auto list = random_sources(random);
        const SetSettings settings{
            .count = 3 + static_cast<int>(random() % 4),
            .minimum = 2 + static_cast<int>(random() % 3),
            .domain = random() % 3 ? TrustDomain::public_internet : TrustDomain::internal};
        const Ensemble set = assemble(list, settings);
        check_promises(list, settings, set);
        sets += !set.members.empty();
    }
    CHECK(sets > 500);
    CHECK(sets < 3500);
}

TEST_CASE("the order of the sources changes nothing") {
    std::mt19937 random(4711);
    for (int round = 0; round < 1000; ++round) {
        CAPTURE(round);
        auto list = random_sources(random);
        const Ensemble expected = assemble(list, {});
        std::ranges::shuffle(list, random);
        const Ensemble shuffled = assemble(list, {});
        REQUIRE(shuffled.members == expected.members);
        REQUIRE(shuffled.refusal == expected.refusal);
        REQUIRE(shuffled.takeover_would_help == expected.takeover_would_help);
        REQUIRE(shuffled.foreign_rule == expected.foreign_rule);
        for (std::size_t i = 0; i < list.size(); ++i) {
            REQUIRE(shuffled.passed_over[i] == expected.passed_over[list[i].index]);
        }
    }
}

}  // namespace
}  // namespace clockwright
