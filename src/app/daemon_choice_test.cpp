#include "app/daemon_choice.h"

#include <doctest/doctest.h>

#include "tests/fakes/tree_host.h"

using namespace clockwright;
using namespace clockwright::app;

namespace {

std::vector<std::string> restart_on(const std::vector<std::string>& paths) {
    TreeHost host;
    for (const std::string& path : paths) host.files[path] = "";
    return choose_daemon({}, host, {}).value().restart;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a daemon is restarted as its host starts services") {
    const std::string chrony = "/etc/chrony/chrony.conf", chronyd = "/etc/chrony.conf";
    CHECK(restart_on({chrony, "/run/systemd/system", "/usr/bin/systemctl"}) ==
          Words{"/usr/bin/systemctl", "restart", "chrony"});
    CHECK(restart_on({chronyd, "/run/openrc", "/etc/init.d", "/sbin/rc-service"}) ==
          Words{"/sbin/rc-service", "chronyd", "restart"});
    CHECK(restart_on({chrony, "/etc/init.d", "/usr/sbin/service"}) ==
          Words{"/usr/sbin/service", "chrony", "restart"});
}

TEST_CASE("where nothing is known to restart a daemon nothing is tried") {
    // A container: systemd's programs are there and do not run it.
    CHECK(restart_on({"/etc/chrony/chrony.conf", "/usr/bin/systemctl"}).empty());
}

TEST_CASE("a program of the daemon's name that may not set the clock hides none that does") {
    const ClockProgram claims{"chronyd", 400, {"chronyd"}, false, false};
    const ClockProgram steers{"chronyd", 611, {"/usr/sbin/chronyd"}, true, false};
    const ClockProgram other{"phc2sys", 700, {"phc2sys", "-a", "-r"}, true, false};
    TreeHost host;
    host.files["/etc/chrony/chrony.conf"] = "";
    for (const auto& programs : {std::vector{claims, steers, other}, {steers, claims, other}}) {
        const auto place = choose_daemon({}, host, programs);
        REQUIRE(place);
        CHECK(place->program->pid == 611);
        CHECK_FALSE(place->watches_only());
    }
    CHECK(choose_daemon({}, host, {claims})->program->pid == 400);
}
