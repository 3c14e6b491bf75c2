#include "system/run_program.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>

#include <fstream>

#include "system/child.h"
#include "system/clock.h"
#include "system/spawned.h"
#include "system/wait.h"

namespace clockwright::system {
namespace {

using Argv = std::vector<std::string>;

std::string output_of(const Argv& argv, std::string_view input = {}) {
    const auto answer = run_program(argv, {.input = input, .most_output = 100'000});
    REQUIRE(answer.has_value());
    CHECK(answer->status == 0);
    return answer->output;
}

/// Not while it only waits to be reaped.
bool runs(pid_t pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string number, name, state;
    return stat >> number >> name >> state && state != "Z";
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
    const auto answer =
        run_program({"/bin/sleep", "60"}, {.time_out = Seconds{0.1}, .grace = Seconds{30}});
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().message == "/bin/sleep 60 did not end within 100 ms and was killed");
    CHECK(Seconds{read_clocks().steady - begin} < Seconds{20});
}

TEST_CASE("one that writes errors without end is ended in time as well") {
    const SteadyTime begin = read_clocks().steady;
    const auto answer = run_program({"/bin/sh", "-c", "exec /usr/bin/yes >&2"},
                                    {.time_out = Seconds{0.1}, .grace = Seconds{30}});
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().message.contains("did not end within 100 ms"));
    CHECK(Seconds{read_clocks().steady - begin} < Seconds{20});
}

TEST_CASE("where the kernel gives no handle of a process its end is seen all the same") {
    auto child = spawn({"/bin/sh", "-c", "echo out; echo error >&2; exit 3"}, true, {});
    REQUIRE(child.has_value());
    child->handle = Descriptor{};
    Printed printed;
    printed.most_output = 1000;
    const auto status = wait_for(*child, Seconds{60}, Seconds{0}, printed);
    REQUIRE(status.has_value());
    CHECK(WEXITSTATUS(*status) == 3);
    CHECK(printed.output == "out\n");
    CHECK(printed.errors == "error\n");
}

TEST_CASE("one that does not obey is killed with all it started") {
    const auto directory = TemporaryDirectory::make("clockwright-run");
    REQUIRE(directory.has_value());
    const std::string pid_file = directory->path() + "/pid";
    const std::string script =
        "trap '' TERM; /bin/sleep 60 & echo $! > " + pid_file + "; wait; wait; /bin/sleep 60";
    pid_t child = 0;
    // On a busy machine the shell needs longer to begin.
    for (const double time_out : {0.2, 2.0, 10.0}) {
        const auto answer = run_program({"/bin/sh", "-c", script},
                                        {.time_out = Seconds{time_out}, .grace = Seconds{0.1}});
        REQUIRE_FALSE(answer.has_value());
        if (std::ifstream(pid_file) >> child) break;
    }
    REQUIRE(child > 1);
    for (int i = 0; i < 500 && runs(child); ++i) wait(Seconds{0.01});
    CHECK_FALSE(runs(child));
}

}  // namespace clockwright::system
