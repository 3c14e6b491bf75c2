#include "publish/replay.h"

#include <doctest/doctest.h>

using namespace clockwright;

namespace {

const char* const good_row =
    R"({"host":"a.example","t_seconds":2.5,"operator":"one","offset_seconds":-0.001,"delay_seconds":0.02,)"
    R"("stratum":2,"root_delay_seconds":0.003,"root_dispersion_seconds":0.004,"dispersion_seconds":0.005,"leap":"none",)"
    R"("address":"192.0.2.7","smear":"google","refid":"192.0.2.9","authentication":"nts","permitted":true,)"
    R"("interleaved":true})";

}  // namespace

TEST_CASE("a row becomes a sample of its host, every field in its place") {
    const auto candidates = parse_replay(good_row, "r");
    REQUIRE(candidates.has_value());
    REQUIRE(candidates->candidates.size() == 1);
    const Candidate& a = candidates->candidates.front();
    CHECK(a.source.as_written == "a.example");
    CHECK(a.source.operator_name == "one");
    CHECK(a.source.smear == Smear::google);
    CHECK(a.source.authentication == Authentication::nts);
    CHECK(a.source.permitted);
    CHECK(to_string(*a.address) == "192.0.2.7");
    REQUIRE(a.series.samples.size() == 1);
    const Sample& sample = a.series.samples.front();
    CHECK(sample.offset == Seconds{-0.001});
    CHECK(sample.delay == Seconds{0.02});
    CHECK(sample.root_delay == Seconds{0.003});
    CHECK(sample.root_dispersion == Seconds{0.004});
    CHECK(sample.dispersion == Seconds{0.005});
    CHECK(sample.stratum == 2);
    CHECK(sample.refid == 0xc0000209);
    CHECK(sample.interleaved);
    CHECK(Seconds(sample.at.time_since_epoch()) == Seconds{2.5});
}

TEST_CASE("rows may come in any order and lost probes need no measurement") {
    const auto candidates = parse_replay(
        R"({"host":"b","t_seconds":9,"lost":true})"
        "\n\n"
        R"({"host":"b","t_seconds":5,"operator":null,"offset_seconds":1,"delay_seconds":0.1,"stratum":1,"root_delay_seconds":0,"root_dispersion_seconds":0,"leap":0})"
        "\n"
        R"({"host":"b","t_seconds":-3,"operator":"","offset_seconds":2,"delay_seconds":0.1,"stratum":1,"root_delay_seconds":0,"root_dispersion_seconds":0,"leap":"insert"})"
        "\n",
        "r");
    REQUIRE(candidates.has_value());
    REQUIRE(candidates->candidates.size() == 1);
    const Series& series = candidates->candidates.front().series;
    CHECK(series.sent == 3);
    REQUIRE(series.samples.size() == 2);
    CHECK(series.samples[0].offset == Seconds{2});
    CHECK_FALSE(series.samples[0].interleaved);
    CHECK(series.samples[0].leap == Leap::insert);
    CHECK(series.samples[1].offset == Seconds{1});
}

TEST_CASE("a recorded unsynchronised answer stays one") {
    std::string row = good_row;
    row.replace(row.find("\"none\""), 6, "\"unsynchronised\"");
    const auto candidates = parse_replay(row, "r");
    REQUIRE(candidates.has_value());
    CHECK(candidates->candidates.front().series.samples.empty());
    CHECK(candidates->candidates.front().series.rejections ==
          std::vector{Rejection::unsynchronised});
}

TEST_CASE("what is recorded is judged alike when it is replayed") {
    const auto first = parse_replay(
        std::string(good_row) + "\n" + R"({"host":"b","t_seconds":9,"lost":true})", "r");
    REQUIRE(first.has_value());
    CHECK(first->lots.empty());
    const auto second = parse_replay(record_text(first->candidates, "0123abcd"), "r");
    REQUIRE(second.has_value());
    CHECK(second->lots == "0123abcd");
    REQUIRE(second->candidates.size() == 2);
    CHECK(second->candidates[0].source == first->candidates[0].source);
    CHECK(second->candidates[0].series.samples[0].offset ==
          first->candidates[0].series.samples[0].offset);
    CHECK(second->candidates[0].series.samples[0].interleaved);
    CHECK(second->candidates[1].series.sent == 1);
}

TEST_CASE("a server whose name is no host of our grammar is replayed by what we asked") {
    const struct {
        const char *as_written, *name, *replayed;
    } rows[] = {{"a.example", "a.example", "a.example"},
                {"a.example.", "a.example", "a.example"},
                {"a-", "", "192.0.2.7"}};
    for (const auto& row : rows) {
        CAPTURE(row.as_written);
        Candidate candidate;
        candidate.source.as_written = row.as_written;
        candidate.source.host.name = row.name;
        candidate.address = parse_address("192.0.2.7");
        candidate.series.sent = 1;
        const auto replayed = parse_replay(record_text(std::vector{candidate}, {}), "r");
        REQUIRE(replayed);
        CHECK(replayed->candidates.front().source.as_written == row.replayed);
    }
}

TEST_CASE("what must not be chosen is not chosen from its recording either") {
    std::vector<Candidate> recorded(3);
    for (Candidate& candidate : recorded) {
        const std::string name(1, static_cast<char>('a' + (&candidate - recorded.data())));
        candidate.source.as_written = candidate.source.host.name = name;
        candidate.series.sent = 2;
        candidate.series.samples.push_back({.at = {}, .delay = Seconds{0.01}, .stratum = 2});
        candidate.series.rejections.push_back(Rejection::time_out);
    }
    recorded[0].selectable = false;  // noselect
    recorded[1].selectable = false;
    recorded[1].why_not_selectable = "serves UT1, not UTC";
    recorded[2].series.kiss = 0x44454e59;  // DENY
    const auto replayed = parse_replay(record_text(recorded, {}), "r");
    REQUIRE(replayed);
    for (std::size_t i = 0; i < recorded.size(); ++i) {
        const Candidate& candidate = replayed->candidates[i];
        CHECK(candidate.selectable == recorded[i].selectable);
        CHECK(candidate.why_not_selectable == recorded[i].why_not_selectable);
        CHECK(candidate.series.kiss == recorded[i].series.kiss);
        CHECK(candidate.series.rejections ==
              std::vector{i == 2 ? Rejection::kiss : Rejection::time_out});
    }
}

TEST_CASE("the members of a pool come back as they were: by their addresses") {
    std::vector<Candidate> pool(3);
    for (std::size_t i = 0; i < pool.size(); ++i) {
        pool[i].source.as_written = pool[i].source.host.name = "pool.example";
        pool[i].address = parse_address("192.0.2." + std::to_string(i + 1));
        pool[i].series.sent = 2;
        for (int n = 0; n < 2; ++n)
            pool[i].series.samples.push_back(
                {.at = SteadyTime(std::chrono::seconds(n)), .delay = Seconds{0.01}, .stratum = 2});
    }
    const auto replayed = parse_replay(record_text(pool, {}), "pool.jsonl");
    REQUIRE(replayed);
    REQUIRE(replayed->candidates.size() == 3);
    for (std::size_t i = 0; i < pool.size(); ++i) {
        CHECK(replayed->candidates[i].address == pool[i].address);
        CHECK(replayed->candidates[i].series.samples.size() == 2);
    }
}

TEST_CASE("every faulty line is named with its number and key") {
    struct Bad {
        const char* row;
        const char* says;
    };
    const Bad rows[] = {
        {"[]", "r:1: is no JSON object"},
        {"{", "r:1: is no JSON object"},
        {R"({"host":"a"})", "r:1: t_seconds: is missing"},
        {R"({"host":"a b","t_seconds":1,"lost":true})", "r:1: host:"},
        {R"({"host":"a","t_seconds":1})", "r:1: offset_seconds: is missing"},
        {R"({"host":"a","t_seconds":"1","lost":true})", "r:1: t_seconds: must be a number"},
        {R"({"host":"a","t_seconds":1,"lost":1})", "r:1: lost: must be true or false"},
        {R"({"host":"a","t_seconds":1,"lost":true,"address":"300.1.1.1"})", "r:1: address:"},
        {R"({"host":"a","t_seconds":1,"lost":true,"lots":7})", "r:1: lots: must be a string"},
    };
    for (const Bad& bad : rows) {
        CAPTURE(bad.row);
        const auto result = parse_replay(bad.row, "r");
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().fault == Fault::bad_input);
        CHECK(result.error().message.starts_with(bad.says));
    }
    const auto two = parse_replay("{\n" + std::string(good_row) + "\n[]\n", "r");
    REQUIRE_FALSE(two.has_value());
    CHECK(two.error().message == "r:1: is no JSON object\nr:3: is no JSON object");
}
