#include "system/openntpd_reader.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "system/local_host.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace clockwright::system;

namespace {

/// An ntpctl that says this.
struct FakeControl {
    TemporaryDirectory directory;
    std::string path = directory / "ntpctl";

    explicit FakeControl(const std::string& script) {
        directory.write("ntpctl", "#!/bin/sh\n" + script);
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    }
};

}  // namespace

TEST_CASE("what ntpctl prints becomes a state") {
    const FakeControl control(
        "test \"$*\" = '-s all' || exit 9\n"
        "printf '1/1 peers valid, clock synced, stratum 3\\n\\npeer\\n   wt tl st  next  poll\\n'\n"
        "printf '10.0.0.1 \\n *  1 10  2  28s  31s  -0.5ms  1.0ms  0.1ms\\n'\n");
    const auto state = read_openntpd(control.path);
    REQUIRE_MESSAGE(state, state.error().message);
    CHECK(state->tracking.reference == parse_address("10.0.0.1"));
    CHECK(state->read_from == control.path);
    CHECK(state->read_at != WallTime{});
}

TEST_CASE("each way in which ntpctl fails has its fault") {
    struct Row {
        std::string script;
        Fault fault;
        std::string text;
    };
    for (const Row& row :
         {Row{"echo 'ntpctl: connect: /run/ntpd.sock: Permission denied' >&2; exit 1\n",
              Fault::not_permitted, "closed to this user"},
          Row{"echo 'ntpctl: connect: /run/ntpd.sock: Connection refused' >&2; exit 1\n",
              Fault::unreachable, "Connection refused"},
          Row{"echo 'ntpctl: connect: /run/ntpd.sock: No such file or directory' >&2; exit 1\n",
              Fault::unreachable, "No such file"},
          Row{"exit 1\n", Fault::unreachable, "ntpctl failed"},
          Row{"echo hello\n", Fault::failed, "does not say whether the clock is synced"},
          Row{"yes 'clock unsynced'\n", Fault::failed, "printed more than"}}) {
        CAPTURE(row.script);
        const FakeControl control(row.script);
        const auto state = read_openntpd(control.path);
        REQUIRE_FALSE(state);
        CHECK(state.error().fault == row.fault);
        CHECK(state.error().message.find(row.text) != std::string::npos);
    }
    const auto missing = read_openntpd("/nonexistent/ntpctl");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().fault == Fault::unreachable);
}

TEST_CASE("a command is asked without a shell, without our environment and without end") {
    const auto answer =
        ask_command({"/bin/sh", "-c", "echo out; echo err >&2; exit 3"}, Seconds{5}, 100);
    REQUIRE(answer);
    CHECK(answer->status == 3);
    CHECK(answer->output == "out\n");
    CHECK(answer->errors == "err");
    const auto slow = ask_command({"/bin/sleep", "5"}, Seconds{0.1}, 100);
    REQUIRE_FALSE(slow);
    CHECK(slow.error().message.find("did not end within") != std::string::npos);
    CHECK_FALSE(ask_command({"sh"}, Seconds{1}, 100));
}
