#include "system/run_program.h"

#include <doctest/doctest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "system/child.h"
#include "system/clock.h"
#include "system/spawned.h"

namespace clockwright::system {
namespace {

using Argv = std::vector<std::string>;

std::string output_of(const Argv& argv, std::string_view input = {}) {
    const auto answer = run_program(argv, {.input = input, .most_output = 100'000});
    REQUIRE(answer.has_value());
    CHECK(answer->status == 0);
    return answer->output;
}

/// A process that has ended and is only waited for runs no more.
bool runs(pid_t process) {
    std::string pid, name, state;
    std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
    stat >> pid >> name >> state;
    return !state.empty() && state != "Z" && state != "X";
}

}  // namespace

TEST_CASE("a program reads its input to the end, and its output is kept") {
    CHECK(output_of({"/bin/cat"}, "one\ntwo\n") == "one\ntwo\n");
    CHECK(output_of({"/bin/cat"}) == "");
    const std::string most(most_input, 'x');
    CHECK(output_of({"/bin/cat"}, most) == most);
    CHECK_FALSE(run_program({"/bin/cat"}, {.input = most + "x"}).has_value());
}

TEST_CASE("a program that reads nothing harms nobody") {
    CHECK(run_to_success({"/bin/true"}, {.input = std::string(60'000, 'x')}).has_value());
}

TEST_CASE("no shell looks at the words, and the environment is clean") {
    CHECK(output_of({"/bin/echo", "$HOME", "`id`", "a b"}) == "$HOME `id` a b\n");
    CHECK(output_of({"/usr/bin/env"}) == "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\n");
}

TEST_CASE("a program that fails is told with its last line of stderr") {
    CHECK(run_to_success({"/bin/ls", "/no/such/place"}, {})
              .error()
              .message.ends_with("/no/such/place': No such file or directory"));
    CHECK(run_to_success({"/bin/false"}, {}).error().message == "/bin/false failed with status 1");
    CHECK(run_program({"bin/true"}, {}).error().fault == Fault::bad_input);
    CHECK(run_program({}, {}).error().fault == Fault::bad_input);
    CHECK(run_program({"/no/such"}, {}).error().fault == Fault::unreachable);
}

TEST_CASE("a program that prints too much is ended") {
    const auto answer = run_program({"/usr/bin/yes"}, {.most_output = 1000});
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().message == "/usr/bin/yes printed more than 1000 octets");
}

TEST_CASE("a program that hangs is asked to end, and may say so") {
    const SteadyTime begin = read_clocks().steady;
    const auto answer = run_program({"/bin/sleep", "60"}, {.time_out = Seconds{0.1}});
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().message == "/bin/sleep 60 did not end within 100 ms and was killed");
    CHECK(Seconds{read_clocks().steady - begin} < Seconds{30});
}

TEST_CASE("one that does not obey is killed with all it started") {
    const auto directory = TemporaryDirectory::make("clockwright-run");
    REQUIRE(directory.has_value());
    const std::string pid_file = directory->path() + "/pid";
    const std::string script =
        "trap '' TERM; /bin/sleep 60 & echo $! > " + pid_file + "; wait; wait; /bin/sleep 60";
    const auto answer =
        run_program({"/bin/sh", "-c", script}, {.time_out = Seconds{0.3}, .grace = Seconds{0.1}});
    REQUIRE_FALSE(answer.has_value());
    pid_t child = 0;
    std::ifstream(pid_file) >> child;
    REQUIRE(child > 1);
    // The kernel takes its time to end it, and nobody may have reaped it yet; but it runs no more.
    const SteadyTime patience = read_clocks().steady + std::chrono::seconds{10};
    while (runs(child) && read_clocks().steady < patience) std::this_thread::yield();
    CHECK_FALSE(runs(child));
}

}  // namespace clockwright::system
