#include "store/list_cache.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "tests/fakes/temporary_directory.h"

using namespace clockwright;

namespace {

const std::string payload =
    R"({"clockwright_list": 1, "version": 7, "issued": "2027-01-01T00:00:00Z",
        "expires": "2027-07-02T00:00:00Z", "servers": [{"host": "a.example", "usage": "open"}]})";

}  // namespace

TEST_CASE("a fetched list comes back with its place and age") {
    const TemporaryDirectory directory;
    const std::string state = directory / "state";
    CHECK_FALSE(store::load_list(state).value().has_value());
    const WallTime noon{std::chrono::seconds(1'800'000'000)};
    REQUIRE(store::save_list(state, {{}, "https://lists.example/l", noon, payload, "c2ln"}));
    const auto cached = store::load_list(state).value();
    REQUIRE(cached.has_value());
    CHECK(cached->from == "https://lists.example/l");
    CHECK(cached->fetched_at == noon);
    CHECK(cached->payload == payload);
    CHECK(cached->signature == "c2ln");
    CHECK(cached->list.version == 7);
    struct stat status{};
    REQUIRE(::stat((state + "/server-list.json").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600);
}

TEST_CASE("a list is held against the one that is there when it is saved") {
    const TemporaryDirectory directory;
    const std::string state = directory / "state";
    const store::CachedList seventh{{}, "https://lists.example/l", {}, payload, "c2ln"};
    REQUIRE(store::change_list(state, [&](const auto& there) -> Result<store::CachedList> {
        CHECK_FALSE(there.has_value());
        return seventh;
    }));
    const auto refused = store::change_list(state, [&](const auto& there) {
        REQUIRE(there.has_value());
        CHECK(there->list.version == 7);
        return Result<store::CachedList>(fail("it is older"));
    });
    CHECK(refused.error().message == "it is older");
    CHECK(store::load_list(state).value()->list.version == 7);
}

TEST_CASE("a cache that is no list is faulty") {
    const TemporaryDirectory directory;
    for (const std::string bad : {"", "{}", R"({"clockwright_list_cache": 1, "from": "x",
             "fetched_at": "2027-01-01T00:00:00Z", "payload": "<html>", "signature": ""})"}) {
        CAPTURE(bad);
        directory.write("server-list.json", bad);
        const Error error = store::load_list(directory.path()).error();
        CHECK(error.fault == Fault::bad_input);
        CHECK(error.message.ends_with(
            "; move it away and fetch it anew: clockwright servers refresh"));
    }
}
