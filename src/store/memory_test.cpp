#include "store/memory.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <string>

#include "tests/fakes/temporary_directory.h"

using namespace clockwright;

namespace {

constexpr WallTime noon{std::chrono::seconds(1'800'000'000)};

store::Memory full_memory() {
    Sample sample;
    sample.at = SteadyTime(std::chrono::nanoseconds(123'456'789));
    sample.offset = Seconds{-1.25e-3};
    sample.delay = Seconds{2.5e-3};
    sample.dispersion = Seconds{3e-6};
    sample.root_delay = Seconds{4e-3};
    sample.root_dispersion = Seconds{5e-3};
    sample.leap = Leap::insert;
    sample.stratum = 6;
    sample.refid = 0xf0e1d2c3;
    const auto address = *parse_address("192.0.2.7");
    store::Memory memory;
    memory.spent.push_back({.address = address,
                            .series_began = noon,
                            .last = noon + std::chrono::microseconds(7),
                            .sent = 4});
    memory.series.push_back({.endpoint = {.address = *parse_address("2001:db8::7"), .port = 1123},
                             .at = noon,
                             .series = {.sent = 3,
                                        .samples = {sample},
                                        .rejections = {Rejection::time_out, Rejection::too_late},
                                        .kiss = 0x52415445}});
    memory.confirmation = {.present = {"ntp1", "ntp2"}, .at = noon, .runs = 2};
    return memory;
}

}  // namespace

TEST_CASE("what is remembered comes back after a restart") {
    const TemporaryDirectory directory;
    const auto state = directory / "state";
    const auto memory = full_memory();
    REQUIRE(store::save(state, memory));
    std::string remark;
    const auto back = store::load(state, &remark);
    CHECK(remark.empty());
    CHECK(back.spent == memory.spent);
    REQUIRE(back.series.size() == 1);
    CHECK(back.series[0].endpoint == memory.series[0].endpoint);
    CHECK(back.series[0].at == memory.series[0].at);
    CHECK(back.series[0].series == memory.series[0].series);
    CHECK(back.confirmation.present == memory.confirmation.present);
    CHECK(back.confirmation.at == memory.confirmation.at);
    CHECK(back.confirmation.runs == 2);
}

TEST_CASE("the memory is a file of one's own") {
    const TemporaryDirectory directory;
    REQUIRE(store::save(directory.path(), full_memory()));
    struct stat status{};
    REQUIRE(::stat((directory / "memory.json").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600);
}

TEST_CASE("no memory yet is no remark") {
    const TemporaryDirectory directory;
    std::string remark;
    CHECK(store::load(directory / "nowhere", &remark).spent.empty());
    CHECK(remark.empty());
}

TEST_CASE("a torn, foreign or newer memory is empty, with a remark") {
    const TemporaryDirectory directory;
    REQUIRE(store::save(directory.path(), full_memory()));
    const auto whole = directory.read("memory.json");
    const auto check = [&](const std::string& text) {
        CAPTURE(text);
        directory.write("memory.json", text);
        std::string remark;
        const auto memory = store::load(directory.path(), &remark);
        CHECK(memory.spent.empty());
        CHECK(memory.series.empty());
        CHECK(remark.starts_with("what was remembered is lost: "));
    };
    for (std::size_t length = 0; length + 2 < whole.size(); length += 11)
        check(whole.substr(0, length));
    check("[]");
    auto newer = whole;
    newer.replace(newer.find("\"clockwright_memory\": 1"), 23, "\"clockwright_memory\": 2");
    check(newer);
}

TEST_CASE("a memory that cannot be written is an error that names the file") {
    const TemporaryDirectory directory;
    directory.write("file", "");
    const auto saved = store::save(directory / "file/state", {});
    REQUIRE_FALSE(saved);
    CHECK(saved.error().message.contains("file"));
}
