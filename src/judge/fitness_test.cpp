#include "judge/fitness.h"

#include <doctest/doctest.h>

#include <vector>

#include "judge/candidate_builder.h"

namespace clockwright {
namespace {

constexpr std::uint32_t deny = 0x44454e59, rstr = 0x52535452, rate = 0x52415445;
constexpr std::uint32_t locl = 0x4c4f434c;

CandidateBuilder good() {
    return {"ntp.example", milliseconds(1), milliseconds(10)};
}

CandidateBuilder silent(Rejection rejection = Rejection::time_out) {
    return good().losing(4, rejection);
}

std::optional<Unfit> unfitness_of(const Candidate& candidate) {
    return unfitness(candidate, summarise(candidate.series, Ppm{}, SteadyTime{}), 4);
}

TEST_CASE("a good source is fit to be judged") {
    CHECK_FALSE(unfitness_of(good()));
}

TEST_CASE("a source that was never asked is unreachable, in the words given") {
    Candidate candidate = good().losing(4);
    candidate.series = {};
    candidate.not_asked = Rejection::time_out;
    candidate.not_asked_why = "blocked until 2027: wrong in May";
    CHECK(unfitness_of(candidate)->verdict == Verdict::unreachable);
    CHECK(unfitness_of(candidate)->reason == "blocked until 2027: wrong in May");
    candidate.not_asked = Rejection::unresolved;
    candidate.not_asked_why.clear();
    CHECK(unfitness_of(candidate)->verdict == Verdict::unreachable);
    CHECK(unfitness_of(candidate)->reason == "the name has no address");
    candidate.not_asked = Rejection::forbidden_address;
    CHECK(unfitness_of(candidate)->verdict == Verdict::malformed);
}

TEST_CASE("what NTS failed of is said before a silence; where time came it is no fault") {
    Candidate candidate = silent();
    candidate.nts.emplace();
    CHECK(unfitness_of(candidate)->reason == "no answer to 4 probes");
    candidate.nts->failure = NtsFailure::no_answer;
    candidate.nts->why = "4 packets were lost";
    CHECK(unfitness_of(candidate)->verdict == Verdict::unreachable);
    CHECK(unfitness_of(candidate)->reason ==
          "keys were exchanged, but no NTP answer came: 4 packets were lost");
    Candidate doubtful = good();
    doubtful.nts = candidate.nts;
    CHECK_FALSE(unfitness_of(doubtful));
}

TEST_CASE("every reason to be unfit has its verdict and its words") {
    struct Row {
        Candidate candidate;
        Verdict verdict;
        const char* reason;
    };
    Candidate jittery = good();
    jittery.series.samples[0].offset = Seconds{2.5};
    Candidate leap_three = good();
    leap_three.series.samples[3].leap = Leap::unsynchronised;
    leap_three.series.samples[3].at += std::chrono::seconds(1);
    Candidate asked_once = silent();
    asked_once.series.sent = 1;

    const std::vector<Row> rows{
        {silent(), Verdict::unreachable, "no answer to 4 probes"},
        {asked_once, Verdict::unreachable, "no answer to 1 probe"},
        {silent(Rejection::refused), Verdict::unreachable, "port unreachable"},
        {silent(Rejection::unresolved), Verdict::unreachable, "the name has no address"},
        {silent(Rejection::kiss).kissed(deny), Verdict::denied, "kiss code DENY"},
        {silent(Rejection::kiss).kissed(rate), Verdict::denied, "kiss code RATE"},
        {silent(Rejection::kiss).kissed(0x1b5b324a), Verdict::denied, "kiss code \\x1b[2J"},
        {good().kissed(deny), Verdict::denied, "kiss code DENY"},
        {good().losing(1, Rejection::kiss).kissed(rstr), Verdict::denied, "kiss code RSTR"},
        {silent(Rejection::unsynchronised), Verdict::unsynchronised, "not synchronised itself"},
        {silent(Rejection::bad_root), Verdict::unsynchronised,
         "root distance of 16 s or more, or reference in the future"},
        {leap_three, Verdict::unsynchronised, "not synchronised itself"},
        {good().saying(0, 0), Verdict::unsynchronised, "not synchronised itself"},
        {good().saying(16, 0), Verdict::unsynchronised, "not synchronised itself"},
        {good().saying(1, locl).at("192.0.2.1"), Verdict::unsynchronised,
         "a public server that serves its own clock"},
        {good().saying(3, 0x7f7f0101).at("192.0.2.1"), Verdict::unsynchronised,
         "a public server that serves its own clock"},
        {silent(Rejection::malformed), Verdict::malformed, "not an NTP packet"},
        {silent(Rejection::bogus_origin), Verdict::malformed, "bogus origin timestamp (spoofed?)"},
        {silent(Rejection::wrong_source), Verdict::malformed,
         "answer from another address or port (spoofed?)"},
        {silent(Rejection::wrong_version), Verdict::malformed, "wrong NTP version"},
        {silent(Rejection::wrong_mode), Verdict::malformed, "wrong mode: not a server's answer"},
        {silent(Rejection::duplicate), Verdict::malformed, "duplicate answer"},
        {silent(Rejection::zero_timestamp), Verdict::malformed, "timestamp is zero"},
        {silent(Rejection::bad_interval), Verdict::malformed,
         "transmitted before or long after it received"},
        {silent(Rejection::loop), Verdict::malformed, "takes its time from this host"},
        {silent(Rejection::too_late), Verdict::malformed, "answer took longer than 3 s"},
        {silent(Rejection::forbidden_address), Verdict::malformed, "the address may not be asked"},
        {good().saying(5, 0x0a000001), Verdict::too_distant, "stratum 5 is above 4"},
        {CandidateBuilder("far", Seconds{0}, Seconds{3}), Verdict::too_distant,
         "root distance 3.0 s is not below 3.0 s"},
        {jittery, Verdict::too_jittery, "jitter 1.25 s is not below 1.0 s"},
        {good().losing(2), Verdict::too_jittery, "2 of 4 probes lost"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.reason);
        const auto unfit = unfitness_of(row.candidate);
        REQUIRE(unfit);
        CHECK(to_string(unfit->verdict) == to_string(row.verdict));
        CHECK(unfit->reason == row.reason);
    }
}

TEST_CASE("the most informative rejection speaks for a series without samples") {
    using enum Rejection;
    struct Row {
        std::vector<Rejection> rejections;
        Verdict verdict;
    };
    const std::vector<Row> rows{
        {{}, Verdict::unreachable},
        {{time_out, time_out, malformed, time_out}, Verdict::malformed},
        {{time_out, bogus_origin}, Verdict::malformed},
        {{malformed, unsynchronised, malformed}, Verdict::unsynchronised},
        {{time_out, kiss, unsynchronised}, Verdict::denied},
        {{refused, time_out}, Verdict::unreachable},
    };
    for (const Row& row : rows) {
        Candidate candidate = silent();
        candidate.series.rejections = row.rejections;
        const auto unfit = unfitness_of(candidate);
        REQUIRE(unfit);
        CHECK(to_string(unfit->verdict) == to_string(row.verdict));
    }
}

TEST_CASE("what is just inside the limits is judged") {
    CHECK_FALSE(unfitness_of(good().saying(4, 0x0a000001)));
    CHECK_FALSE(unfitness_of(CandidateBuilder("far", Seconds{0}, Seconds{2.999})));
    CHECK_FALSE(unfitness_of(good().losing(1)));
    CHECK_FALSE(unfitness_of(good().losing(1, Rejection::kiss).kissed(rate)));
    CHECK_FALSE(unfitness_of(good().saying(1, locl).at("10.0.0.1")));
    CHECK_FALSE(unfitness_of(good().saying(1, locl)));
    // At stratum 2 these four octets are the address 76.79.67.76.
    CHECK_FALSE(unfitness_of(good().saying(2, locl).at("192.0.2.1")));
}

TEST_CASE("three of ten probes lost is too much, two are not") {
    Candidate candidate = good();
    candidate.series.samples.resize(7, candidate.series.samples.front());
    candidate.series.sent = 10;
    CHECK(unfitness_of(candidate)->verdict == Verdict::too_jittery);
    candidate.series.samples.resize(8, candidate.series.samples.front());
    CHECK_FALSE(unfitness_of(candidate));
}

}  // namespace
}  // namespace clockwright
