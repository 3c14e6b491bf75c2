#include "app/discipline.h"

#include <doctest/doctest.h>

namespace clockwright::app {
namespace {

Selection agreed(Seconds offset, Seconds bound, Seconds delay) {
    Selection selection;
    selection.consensus.majority = true;
    selection.consensus.offset = offset;
    selection.consensus.bound = bound;
    Assessment truechimer, liar;
    truechimer.verdict = Verdict::truechimer;
    truechimer.stats.emplace().delay_min = delay;
    liar.verdict = Verdict::falseticker;
    liar.stats.emplace().delay_min = Seconds{0};
    selection.assessments = {liar, truechimer};
    return selection;
}

TEST_CASE("what was slewed since the question is no longer to be corrected") {
    const auto evidence =
        servo_evidence(agreed(Seconds{0.05}, Seconds{2e-3}, Seconds{1e-3}), Seconds{0.7e-3});
    REQUIRE(evidence);
    CHECK(evidence->offset.count() == doctest::Approx(0.0493));
    CHECK(evidence->bound == Seconds{2e-3});
}

TEST_CASE("a bound is never better than half the least delay of who agrees") {
    const auto evidence =
        servo_evidence(agreed(Seconds{0}, Seconds{1e-4}, Seconds{30e-3}), Seconds{0});
    REQUIRE(evidence);
    CHECK(evidence->bound == Seconds{15e-3});
}

TEST_CASE("without a majority there is nothing to steer by") {
    CHECK_FALSE(servo_evidence(Selection{}, Seconds{0}));
}

TEST_CASE("what is remembered of the rate comes back the same, and nothing else is taken") {
    const auto memory = parse_servo_memory(servo_memory_json({Ppm{-12.345}, Ppm{0.02}}));
    REQUIRE(memory);
    CHECK(memory->frequency == Ppm{-12.345});
    CHECK(memory->error == Ppm{0.02});
    for (const char* text :
         {"", "[]", "{}", R"({"frequency_ppm":1})", R"({"frequency_ppm":"1","error_ppm":1})",
          R"({"frequency_ppm":501,"error_ppm":1})", R"({"frequency_ppm":1,"error_ppm":-1})"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_servo_memory(text));
    }
}

TEST_CASE("a name keeps its address while that answers, and gets another after three silences") {
    std::vector<SteeringServer> servers(2);
    servers[0].candidate.source.host = *parse_host("pool.example");
    servers[1].candidate.source.host = *parse_host("192.0.2.9");
    servers[1].candidate.address = parse_address("192.0.2.9");
    const auto look = [&](const char* resolved, bool answers) {
        std::vector<Answer> all(2);
        all[0].address = servers[0].candidate.address.value_or(*parse_address(resolved));
        all[1].address = servers[1].candidate.address;
        if (answers)
            for (Answer& answer : all) answer.series.samples.resize(1);
        keep_addresses(servers, all);
    };
    look("192.0.2.1", true);
    look("192.0.2.2", false);
    look("192.0.2.2", false);
    CHECK(servers[0].candidate.address == parse_address("192.0.2.1"));
    look("192.0.2.2", false);
    CHECK_FALSE(servers[0].candidate.address);
    CHECK(servers[1].candidate.address == parse_address("192.0.2.9"));
    look("192.0.2.2", true);
    CHECK(servers[0].candidate.address == parse_address("192.0.2.2"));
}

TEST_CASE("strangers that send kisses or are silent are not asked at each look") {
    std::vector<SteeringServer> servers(3);
    std::vector<Answer> answers(3);
    const char* addresses[] = {"203.0.113.1", "203.0.113.2", "192.168.1.1"};
    for (std::size_t i = 0; i < 3; ++i) {
        answers[i].address = parse_address(addresses[i]);
        answers[i].series.sent = 1;
    }
    answers[0].series.kiss = ntp::kiss_code("DENY");
    answers[2].series.samples.resize(1);
    int asked[3] = {};
    SteadyTime now{};
    const auto look_for = [&](std::chrono::hours length) {
        for (const SteadyTime end = now + length; now < end; now += std::chrono::seconds{64}) {
            std::vector<Answer> these = answers;
            for (std::size_t i = 0; i < 3; ++i) {
                these[i].refused = servers[i].due > now;
                if (these[i].refused) these[i].series = {};
                asked[i] += !these[i].refused;
            }
            keep_paces(servers, these, now, Seconds{64});
        }
    };
    look_for(std::chrono::hours{23});
    CHECK(asked[0] == 1);
    CHECK(asked[1] <= 14);
    CHECK(asked[2] == 23 * 3600 / 64 + 1);
    answers[2].series.samples.clear();  // and now nobody answers
    asked[1] = 0;
    look_for(std::chrono::hours{24});
    CHECK(asked[1] >= 20);
    CHECK(asked[1] <= 25);
}

}  // namespace
}  // namespace clockwright::app
