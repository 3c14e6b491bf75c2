#include "daemon/correction_command.h"

#include <doctest/doctest.h>

namespace clockwright {
namespace {

TEST_CASE("chronyd alone takes commands, and of each other daemon it is said what it does") {
    CHECK(why_not_commanded(DaemonKind::chrony).empty());
    for (const auto kind :
         {DaemonKind::ntpsec, DaemonKind::timesyncd, DaemonKind::openntpd, DaemonKind::ntpd_rs}) {
        CAPTURE(to_string(kind));
        CHECK(why_not_commanded(kind).contains("by itself it"));
    }
}

}  // namespace
}  // namespace clockwright
