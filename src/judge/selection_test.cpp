#include "judge/selection.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include <fmt/format.h>

#include "judge/candidate_builder.h"

namespace clockwright {
namespace {

/// Offset and root distance in milliseconds.
CandidateBuilder server(double theta, double lambda, std::string name = "ntp.example") {
    return {std::move(name), milliseconds(theta), milliseconds(lambda)};
}

std::vector<Candidate> five_good() {
    return {server(0.1, 10), server(-0.2, 11), server(0.3, 12), server(0.0, 13), server(0.2, 14)};
}

std::vector<Verdict> verdicts_of(const Selection& selection) {
    std::vector<Verdict> verdicts;
    for (const Assessment& it : selection.assessments) {
        verdicts.push_back(it.verdict);
    }
    return verdicts;
}

std::string words(const std::vector<Verdict>& verdicts) {
    std::string text;
    for (const Verdict verdict : verdicts) {
        text += std::string(to_string(verdict)) + " ";
    }
    return text;
}

TEST_CASE("intersection and cut, in milliseconds (vectors V-3 to V-8, V-13)") {
    constexpr auto yes = Verdict::truechimer, no = Verdict::falseticker, out = Verdict::outlier;
    struct Row {
        const char* name;
        std::vector<Candidate> candidates;
        bool majority;
        double low, high;
        std::vector<Verdict> verdicts;
    };
    const std::vector<Row> rows{
        {"V-3", {server(1, 3), server(2, 2.5), server(1.5, 2)}, true, -0.5, 3.5, {yes, yes, yes}},
        {"V-4",
         {server(10, 4), server(11, 3), server(12, 5), server(40, 3)},
         true,
         8,
         14,
         {yes, yes, yes, no}},
        {"V-5",
         {server(1, 2), server(1.5, 2), server(2, 2), server(30, 1), server(-30, 1)},
         true,
         0,
         3,
         {yes, yes, yes, no, no}},
        {"V-6",
         {server(0, 0.3), server(0.1, 0.3), server(1, 0.3), server(1.1, 0.3)},
         false,
         0,
         0,
         {no, no, no, no}},
        {"V-7", {server(0, 5), server(4, 2), server(4.5, 2)}, true, 2.5, 5, {out, yes, yes}},
        {"V-8",
         {server(0, 1), server(0.1, 1), server(50, 1), server(50.1, 1), server(50.2, 1)},
         true,
         49.2,
         51,
         {no, no, yes, yes, yes}},
        {"V-13",
         {server(0, 1), server(3, 5), server(3.5, 5), server(4, 5)},
         true,
         -1,
         1,
         {yes, out, out, out}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        const Selection selection = select(row.candidates, {});
        CHECK(selection.consensus.majority == row.majority);
        CHECK(selection.consensus.judged == static_cast<int>(row.candidates.size()));
        CHECK(selection.consensus.low.count() == doctest::Approx(row.low * 1e-3));
        CHECK(selection.consensus.high.count() == doctest::Approx(row.high * 1e-3));
        CHECK(words(verdicts_of(selection)) == words(row.verdicts));
        CHECK_FALSE(selection.system_peer);
    }
}

TEST_CASE("the least-delay sample makes the interval, the nearest third the offset") {
    std::vector<Candidate> candidates = five_good();
    Series& series = candidates[0].series;
    series.samples[0].delay /= 2;
    series.samples[0].offset = milliseconds(1);
    series.samples[1].offset = milliseconds(3);
    series.samples[1].delay *= 0.9;
    const ServerStats stats = *select(candidates, {}).assessments[0].stats;
    CHECK(stats.least_offset.count() == doctest::Approx(1e-3));
    CHECK(stats.offset.count() == doctest::Approx(2e-3));
}

TEST_CASE("without a majority nobody is right and nothing is chosen") {
    const std::vector<Candidate> candidates{server(0, 0.3), server(0.1, 0.3), server(1, 0.3),
                                            server(1.1, 0.3)};
    const Selection selection = select(candidates, {});
    CHECK(selection.consensus.agreeing == 2);
    CHECK(selection.ensemble.members.empty());
    CHECK(selection.ensemble.refusal == "no majority among the 4 servers judged");
    for (const Assessment& it : selection.assessments) {
        CHECK(it.verdict == Verdict::falseticker);
        CHECK(it.reason == "no majority");
        CHECK_FALSE(it.score);
        CHECK_FALSE(it.chosen);
    }
}

TEST_CASE("one server alone is no majority") {
    const std::vector<Candidate> candidates{server(0, 1)};
    const Selection selection = select(candidates, {});
    CHECK_FALSE(selection.consensus.majority);
    CHECK(selection.consensus.agreeing == 1);
    CHECK(selection.assessments[0].verdict == Verdict::falseticker);
}

TEST_CASE("nothing measured is no set, and says so") {
    CHECK(select({}, {}).ensemble.refusal == "no server gave a measurement that can be judged");
    const std::vector<Candidate> candidates{server(0, 1).losing(4)};
    const Selection selection = select(candidates, {});
    CHECK(selection.assessments[0].verdict == Verdict::unreachable);
    CHECK_FALSE(selection.assessments[0].stats);
    CHECK(selection.consensus.judged == 0);
}

TEST_CASE("the first six verdicts are not judged and do not vote") {
    std::vector<Candidate> candidates = five_good();
    candidates.push_back(server(900, 10).saying(9, 0x0a000001));
    candidates.push_back(server(900, 10).losing(2));
    candidates.push_back(server(900, 10).kissed(0x44454e59));
    const Selection selection = select(candidates, {});
    CHECK(selection.consensus.judged == 5);
    CHECK(selection.consensus.agreeing == 5);
    CHECK(selection.assessments[5].verdict == Verdict::too_distant);
    CHECK(selection.assessments[6].verdict == Verdict::too_jittery);
    CHECK(selection.assessments[7].verdict == Verdict::denied);
}

TEST_CASE("the consensus is the median weighted by nearness, with its bound") {
    const std::vector<Candidate> candidates{server(0, 1), server(0.1, 1), server(0.2, 1),
                                            server(0.3, 2)};
    const Consensus consensus = select(candidates, {}).consensus;
    // Weights 1, 1, 1, ½: half of 3.5 is reached with the second.
    CHECK(consensus.offset.count() == doctest::Approx(0.1e-3));
    CHECK(consensus.low.count() == doctest::Approx(-0.8e-3));
    CHECK(consensus.high.count() == doctest::Approx(1e-3));
    CHECK(consensus.bound.count() == doctest::Approx(0.9e-3));
}

TEST_CASE("as a measurement of this clock no bound is below half the least delay") {
    Selection selection;
    selection.consensus.majority = true;
    selection.consensus.bound = milliseconds(1);
    for (const auto& [verdict, delay] : {std::pair{Verdict::truechimer, 4.0},
                                         {Verdict::system_peer, 3.0},
                                         {Verdict::falseticker, 0.2}}) {
        Assessment assessment;
        assessment.verdict = verdict;
        assessment.stats.emplace().delay_min = milliseconds(delay);
        selection.assessments.push_back(assessment);
    }
    CHECK(clock_consensus(selection).bound.count() == doctest::Approx(1.5e-3));
    selection.consensus.bound = milliseconds(2);
    CHECK(clock_consensus(selection).bound.count() == doctest::Approx(2e-3));
    CHECK_FALSE(clock_consensus({}).majority);
}

TEST_CASE("the consensus never leaves the intersection") {
    // The two on the right outweigh the one on the left, which ends the intersection at 1 ms.
    const std::vector<Candidate> candidates{server(-4, 5), server(4, 4.5), server(4, 4.5)};
    const Consensus consensus = select(candidates, {}).consensus;
    CHECK(consensus.low.count() == doctest::Approx(-0.5e-3));
    CHECK(consensus.high.count() == doctest::Approx(1e-3));
    CHECK(consensus.offset == consensus.high);
    CHECK(consensus.bound.count() == doctest::Approx(1.5e-3));
}

TEST_CASE("a falseticker is told by how much it disagrees, and with how many") {
    std::vector<Candidate> candidates = five_good();
    candidates.push_back(server(840.1, 4));
    candidates.push_back(server(-99.9, 4));
    const Selection selection = select(candidates, {});
    CHECK(selection.assessments[5].reason == "disagrees with 5 of 7 by +840 ms");
    CHECK(selection.assessments[6].reason == "disagrees with 5 of 7 by -100 ms");
}

TEST_CASE("the cut is a quarter of the distance and 0.2 ms, or 20 µs near by") {
    struct Row {
        double theta, lambda;
        double own_noise;
        bool kept;
    };
    const std::vector<Row> rows{
        {2.6, 10, 4e-6, true},    {2.8, 10, 4e-6, false},     {0.44, 1, 4e-6, true},
        {0.46, 1, 4e-6, false},   {0.21, 0.8, 4e-6, true},    {0.23, 0.8, 4e-6, false},
        {0.23, 0.8, 10e-6, true}, {-0.26, 0.8, 10e-6, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.theta);
        CAPTURE(row.lambda);
        std::vector<Candidate> candidates{server(0, 0.5), server(0, 0.5), server(0, 0.5),
                                          server(row.theta, row.lambda)};
        const Selection selection =
            select(candidates, {.minimum = 5, .own_noise = Seconds{row.own_noise}});
        CHECK((selection.assessments[3].verdict == Verdict::truechimer) == row.kept);
        CHECK((selection.assessments[3].verdict == Verdict::outlier) != row.kept);
        CHECK(selection.assessments[3].score.has_value() == row.kept);
    }
    const std::vector<Candidate> candidates{server(0, 0.5), server(0, 0.5), server(2.8, 10)};
    CHECK(select(candidates, {}).assessments[2].reason ==
          "+2.8 ms from the consensus, the limit is 2.7 ms");
}

TEST_CASE("the five with the least expected error are chosen, the best is the system peer") {
    std::vector<Candidate> candidates = five_good();
    std::ranges::reverse(candidates);
    candidates.push_back(server(0.1, 5));
    candidates.push_back(server(500, 1));
    const Selection selection = select(candidates, {});
    CHECK(selection.ensemble.members == std::vector<std::size_t>{5, 4, 3, 2, 1});
    REQUIRE(selection.system_peer);
    CHECK(*selection.system_peer == 5);
    CHECK(selection.assessments[5].verdict == Verdict::system_peer);
    CHECK(selection.assessments[4].verdict == Verdict::truechimer);
    CHECK(selection.assessments[5].chosen);
    CHECK_FALSE(selection.assessments[0].chosen);
    CHECK(selection.assessments[0].reason == "passed over: the set has its 5 members");
    CHECK(selection.assessments[4].reason == "0 s from the consensus, expected error 980 µs");
}

TEST_CASE("a score of 50 is an expected error of 10 ms") {
    std::vector<Candidate> candidates = five_good();
    for (Candidate& candidate : candidates) {
        for (Sample& sample : candidate.series.samples) {
            sample.delay = Seconds{0.1};
            sample.root_dispersion = Seconds{0.06};
        }
    }
    const Selection selection = select(candidates, {});
    CHECK(selection.assessments[0].stats->expected_error.count() == doctest::Approx(0.010));
    CHECK(*selection.assessments[0].score == doctest::Approx(50));
}

TEST_CASE("who is passed over is told why") {
    std::vector<Candidate> candidates = five_good();
    for (const std::size_t i : {0, 1, 2}) {
        candidates[i].source.operator_name = "NIST";
    }
    candidates.push_back(server(0.1, 20));
    const Selection selection = select(candidates, {});
    CHECK(selection.assessments[2].reason == "passed over: operator NIST already has 2 of 5");
    CHECK_FALSE(selection.assessments[2].chosen);
    CHECK(selection.assessments[5].chosen);
}

TEST_CASE("too few truechimers are no set, and every one of them says why") {
    const std::vector<Candidate> candidates{server(0, 10), server(0.1, 10), server(0.2, 10)};
    const Selection selection = select(candidates, {});
    CHECK(selection.consensus.majority);
    CHECK_FALSE(selection.system_peer);
    for (const Assessment& it : selection.assessments) {
        CHECK(it.verdict == Verdict::truechimer);
        CHECK(it.reason == "no set: only 3 of the 4 servers needed qualify");
    }
}

TEST_CASE("a server to be measured only votes and is never chosen") {
    std::vector<Candidate> candidates = five_good();
    candidates.push_back(server(0.1, 1).measured_only());
    const Selection selection = select(candidates, {});
    CHECK(selection.consensus.agreeing == 6);
    CHECK(selection.assessments[5].verdict == Verdict::truechimer);
    CHECK_FALSE(selection.assessments[5].chosen);
    CHECK(selection.assessments[5].reason == "passed over: to be measured only");
}

TEST_CASE("foreign sources stay: usable ones are chosen, wrong ones are counted") {
    std::vector<Candidate> candidates = five_good();
    candidates.push_back(server(0.1, 40).member(Membership::foreign));
    candidates.push_back(server(700, 4).member(Membership::foreign));
    const Selection selection = select(candidates, {});
    CHECK(selection.ensemble.members == std::vector<std::size_t>{0, 1, 2, 3, 5});
    CHECK_FALSE(selection.ensemble.foreign_rule);
    CHECK(selection.assessments[6].verdict == Verdict::falseticker);
    CHECK_FALSE(selection.assessments[6].chosen);
}

TEST_CASE("a private server without a reference is judged with a remark") {
    std::vector<Candidate> candidates = five_good();
    candidates[0] = server(0.1, 10).saying(1, 0x4c4f434c).at("127.0.0.1");
    const Selection selection = select(candidates, {});
    CHECK(selection.assessments[0].verdict == Verdict::system_peer);
    CHECK(selection.assessments[0].reason.ends_with("; serves its own clock (no reference)"));
}

TEST_CASE("the drift of the local clock during the scan is removed") {
    std::vector<Candidate> candidates = five_good();
    for (Candidate& candidate : candidates) {
        for (Sample& sample : candidate.series.samples) {
            sample.at = SteadyTime(2 * sample.at.time_since_epoch());  // over 6 s
            sample.offset += 100e-6 * Seconds(sample.at.time_since_epoch());
        }
    }
    const Selection selection = select(candidates, {});
    for (const Assessment& it : selection.assessments) {
        CHECK(it.stats->jitter.count() == doctest::Approx(0).epsilon(1e-9));
    }
    // At the newest sample, 6 s after the start, 100 ppm have made 0.6 ms.
    CHECK(selection.consensus.offset.count() == doctest::Approx(0.7e-3));
}

TEST_CASE("no distance makes a number infinite") {
    const std::vector<Candidate> candidates{server(0, 0), server(0, 0), server(0, 0), server(0, 0)};
    const Selection selection = select(candidates, {});
    CHECK(selection.consensus.majority);
    CHECK(std::isfinite(selection.consensus.offset.count()));
    CHECK(*selection.assessments[0].score == doctest::Approx(100));
}

TEST_CASE("an offset that is no number is never part of a majority") {
    std::vector<Candidate> candidates = five_good();
    for (Sample& sample : candidates[0].series.samples) {
        sample.offset = Seconds{std::nan("")};
    }
    const Selection selection = select(candidates, {});
    CHECK(selection.consensus.majority);
    CHECK(selection.assessments[0].verdict == Verdict::too_distant);
    CHECK(std::isfinite(selection.consensus.offset.count()));
}

/// Offset, delay and root dispersion in milliseconds.
Candidate measured(double offset, double delay, double root_dispersion, const char* address) {
    Candidate it = server(offset, 1, fmt::format("ntp at {}", address)).at(address);
    for (Sample& sample : it.series.samples) {
        sample.delay = milliseconds(delay);
        sample.root_dispersion = milliseconds(root_dispersion);
    }
    return it;
}

/// Thirty servers 22 ms away and further that say `offset`.
std::vector<Candidate> thirty_wan(double offset) {
    std::vector<Candidate> list;
    for (int i = 0; i < 30; ++i) {
        list.push_back(
            measured(offset + 0.01 * i, 22 + i, 1, fmt::format("198.51.{}.1", i).c_str()));
    }
    return list;
}

TEST_CASE("the one good source of this network stays among thirty that share a biased link") {
    auto candidates = thirty_wan(10);
    candidates.push_back(measured(0, 0.3, 0.85, "10.0.0.1"));  // λ 1 ms
    const Selection selection = select(candidates, {});
    CHECK(selection.assessments[30].verdict == Verdict::system_peer);
    CHECK(selection.consensus.offset == Seconds{0});
    CHECK(selection.ensemble.members.size() == 5);
}

TEST_CASE("a lying source of this network loses against honest ones beyond the gateway") {
    for (const double lie : {900.0, 15.0}) {
        CAPTURE(lie);
        auto candidates = thirty_wan(0);
        candidates.push_back(measured(lie, 0.3, 0.85, "10.0.0.1"));
        const Selection selection = select(candidates, {});
        CHECK_FALSE(is_truechimer(selection.assessments[30].verdict));
        CHECK(std::ranges::count_if(selection.assessments, &Assessment::chosen) == 5);
    }
    // Far ones that admit much do not hide the lie of a near one.
    std::vector<Candidate> candidates;
    for (int i = 0; i < 8; ++i) {
        candidates.push_back(measured(0, 10 + i, 25, fmt::format("198.51.{}.1", i).c_str()));
    }
    candidates.push_back(measured(20, 0.3, 0.85, "10.0.0.1"));
    const Selection selection = select(candidates, {});
    CHECK(selection.assessments[8].verdict == Verdict::outlier);
    CHECK(selection.assessments[8].reason ==
          "+20 ms from those beyond the gateway, more than their paths can explain");
    CHECK(selection.assessments[0].chosen);
}

TEST_CASE("a stranger cannot claim itself into certainty, a server of ours may") {
    for (const auto& [address, distance] :
         std::vector<std::pair<const char*, double>>{{"203.0.113.1", 5.1e-3}, {"10.0.0.1", 5e-3}}) {
        CAPTURE(address);
        auto candidates = five_good();
        candidates.push_back(measured(0, 10, 0, address));
        const Assessment it = select(candidates, {}).assessments[5];
        CHECK(it.stats->root_distance.count() == doctest::Approx(5e-3));
        CHECK(it.distance.count() == doctest::Approx(distance));
    }
}

TEST_CASE("an edge of the intersection that one falseticker makes cuts nobody") {
    // The last one overlaps the others by a hair, so that the intersection is [11.9, 12] ms.
    std::vector<Candidate> candidates{server(0, 12), server(0.1, 13), server(0.2, 14),
                                      server(0, 15), server(31.9, 20)};
    const Selection selection = select(candidates, {});
    CHECK(selection.consensus.offset.count() == doctest::Approx(11.9e-3));
    for (std::size_t i = 0; i < 4; ++i) CHECK(is_truechimer(selection.assessments[i].verdict));
    CHECK(selection.assessments[4].verdict == Verdict::outlier);
}

TEST_CASE("a profile orders by its own cost, the score stays that of the expected error") {
    auto candidates = five_good();
    candidates.push_back(server(0.1, 15));
    for (Sample& sample : candidates[0].series.samples) sample.delay = milliseconds(16);
    for (std::size_t i = 0; i < 4; ++i)
        candidates[0].series.samples[i].root_dispersion = Seconds{0};
    const SelectSettings low{.profile = *find_profile("low-latency")};
    CHECK(select(candidates, {}).assessments[0].chosen);
    CHECK_FALSE(select(candidates, low).assessments[0].chosen);
    CHECK(select(candidates, low).assessments[0].score ==
          select(candidates, {}).assessments[0].score);
}

TEST_CASE("the order of the candidates changes no verdict") {
    std::mt19937 random(1);
    std::vector<Candidate> candidates;
    for (int i = 0; i < 12; ++i) {
        const double theta = i % 4 == 0 ? 80.0 + i : 0.1 * i;
        candidates.push_back(server(theta, 5.0 + i, fmt::format("ntp{}", i))
                                 .run_by(fmt::format("operator {}", i % 5))
                                 .at(fmt::format("198.51.{}.1", i)));
    }
    const auto outcome = [](const std::vector<Candidate>& list) {
        const Selection selection = select(list, {});
        std::vector<std::string> lines;
        for (std::size_t i = 0; i < list.size(); ++i) {
            const Assessment& it = selection.assessments[i];
            lines.push_back(fmt::format("{} {} {} {}", list[i].source.as_written,
                                        to_string(it.verdict), it.chosen, it.reason));
        }
        std::ranges::sort(lines);
        return lines;
    };
    const auto expected = outcome(candidates);
    for (int round = 0; round < 100; ++round) {
        std::ranges::shuffle(candidates, random);
        REQUIRE(outcome(candidates) == expected);
    }
}

}  // namespace
}  // namespace clockwright
