#include "system/rtc_device.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "tests/fakes/temporary_directory.h"

namespace clockwright::system {
namespace {

void add(const std::string& tree, const std::string& name, const char* driver, const char* boot) {
    const auto here = std::filesystem::path(tree) / name;
    std::filesystem::create_directories(here);
    std::ofstream(here / "name") << driver << "\n";
    std::ofstream(here / "hctosys") << boot << "\n";
}

TEST_CASE(
    "a machine without a hardware clock has none, and one of several is the one of the boot") {
    const TemporaryDirectory tree;
    CHECK_FALSE(RtcDevice::find(tree.path() + "/nowhere"));
    CHECK_FALSE(RtcDevice::find(tree.path()));
    add(tree.path(), "rtc0", "rtc-efi rtc-efi", "0");
    CHECK(RtcDevice::find(tree.path())->identity().device == "/dev/rtc0");
    add(tree.path(), "rtc1", "rtc_cmos 00:04", "1");
    const RtcIdentity chosen = RtcDevice::find(tree.path())->identity();
    CHECK(chosen.device == "/dev/rtc1");
    CHECK(chosen.driver == "rtc_cmos 00:04");
    CHECK(chosen.started_system);
}

TEST_CASE("what cannot be opened, or is no clock at all, is an error that names it") {
    const TemporaryDirectory tree;
    add(tree.path() + "/sys", "rtc0", "x", "0");
    auto gone = RtcDevice::find(tree.path() + "/sys", tree.path());
    REQUIRE(gone);
    CHECK(gone->read().error().message ==
          "cannot open " + tree.path() + "/rtc0: no such file or directory");
    std::ofstream(tree.path() + "/rtc0") << "a file";
    CHECK(gone->read().error().message.starts_with("cannot read " + tree.path() + "/rtc0: "));
    CHECK(gone->voltage().error().message.ends_with("does not tell of its supply"));
    CHECK(gone->set().error().message.starts_with("cannot set " + tree.path() + "/rtc0: "));
}

}  // namespace
}  // namespace clockwright::system
