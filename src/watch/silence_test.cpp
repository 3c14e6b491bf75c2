#include "watch/silence.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

const WallTime now{1'800'000'000s};

Silence silence_named(std::string rule, std::string server) {
    return {.number = 0,
            .rule = std::move(rule),
            .server = std::move(server),
            .from = now,
            .until = now + 1h,
            .reason = "moved \"soon\"",
            .by = "root"};
}

}  // namespace

TEST_CASE("a silence is in force from its beginning until just before its end") {
    const std::vector<Silence> silences{silence_named("server_*", "ntp?.corp.example")};
    Alert alert;
    alert.rule = "server_wrong";
    alert.subject = "ntp1.corp.example";
    CHECK(silence_of(silences, alert, now) == &silences[0]);
    CHECK(silence_of(silences, alert, now - 1s) == nullptr);
    CHECK(silence_of(silences, alert, now + 1h) == nullptr);
    alert.subject = "ntp1.other.example";
    CHECK(silence_of(silences, alert, now) == nullptr);
    alert = {};
    alert.rule = "clock_error";
    CHECK(silence_of(silences, alert, now) == nullptr);
    CHECK(silence_of(std::vector{silence_named("*", "*")}, alert, now) != nullptr);
}

TEST_CASE("a new silence has a number of its own, and those that are over are forgotten") {
    std::vector<Silence> silences;
    CHECK(add_silence(silences, silence_named("a", "*"), now) == 1);
    CHECK(add_silence(silences, silence_named("b", "*"), now) == 2);
    CHECK(add_silence(silences, silence_named("c", "*"), now + 2h) == 3);
    CHECK(silences.size() == 1);
}

TEST_CASE("silences are read back as they were, and refused when damaged or newer") {
    std::vector<Silence> silences;
    add_silence(silences, silence_named("a", "*"), now);
    const std::string text = silences_json(silences);
    CHECK(read_silences(text) == silences);
    CHECK_FALSE(read_silences("").has_value());
    CHECK_FALSE(read_silences("[]").has_value());
    std::string newer = text;
    newer.replace(newer.find("\"format\": 1"), 11, "\"format\": 9");
    CHECK(read_silences(newer).error().message == "the silences are of a newer version (9)");
    std::string damaged = text;
    damaged.replace(damaged.find("\"until\""), 7, "\"untol\"");
    CHECK(read_silences(damaged).error().message.find("silences[0].until") != std::string::npos);
}
