#include "app/watch_prober.h"

#include <doctest/doctest.h>

#include "store/memory.h"
#include "tests/fakes/asked_stranger.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace clockwright::app;
using namespace std::chrono_literals;

namespace {

Answer answer_to_watch(const TemporaryDirectory& directory) {
    Config config;
    config.state.directory = directory.path();
    WatchProber prober;
    const auto answers = prober.ask({.questions = {{.whom = public_candidate()}}}, config);
    REQUIRE(answers.size() == 1);
    CHECK(answers.front().series.sent == 0);
    return answers.front();
}

}  // namespace

TEST_CASE("while it is not known who is blocked the watch asks no stranger") {
    const TemporaryDirectory directory;
    directory.write("block-list.json", "{");
    CHECK(answer_to_watch(directory).why.starts_with("it is not known who is blocked: "));
}

TEST_CASE("while nothing can be remembered the watch asks no stranger") {
    const TemporaryDirectory directory;
    directory.write("memory.json", "{");
    CHECK(answer_to_watch(directory).why.contains("cannot be remembered"));
}

TEST_CASE("whom a scan asked a moment ago the watch does not ask, and no poll is lost") {
    const TemporaryDirectory directory;
    REQUIRE(store::save(directory.path(), asked(0min, true)));
    CHECK(answer_to_watch(directory).refused);
}
