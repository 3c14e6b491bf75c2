#include "system/rtc_device.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "system/clock.h"
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

TEST_CASE("it is read at the edge of its second, without its device and without a right") {
    const TemporaryDirectory tree;
    add(tree.path(), "rtc0", "rtc_cmos 00:04", "1");
    const auto clock = RtcDevice::find(tree.path());
    const std::string epoch_file = tree.path() + "/rtc0/since_epoch";
    std::ofstream(epoch_file) << "1795000000\n";
    // Begins a second at each of our readings, as fast as it can write.
    std::fstream ticking(epoch_file);
    const std::jthread seconds([&](const std::stop_token& stopped) {
        for (int second = 0; !stopped.stop_requested(); second = (second + 1) % 10)
            ticking.seekp(9).put(static_cast<char>('0' + second)).flush();
    });
    const auto before = read_clocks().wall;
    const auto reading = clock->read();
    REQUIRE(reading);
    CHECK(reading->at >= before);
    CHECK(reading->shows >= WallTime{std::chrono::seconds{1'795'000'000}});
    CHECK(reading->shows < WallTime{std::chrono::seconds{1'795'000'010}});
    CHECK(reading->uncertainty > Seconds{0});
}

TEST_CASE("nonsense instead of a time is an error that names the file") {
    const TemporaryDirectory tree;
    add(tree.path(), "rtc0", "x", "0");
    const auto clock = RtcDevice::find(tree.path());
    const std::string epoch_file = tree.path() + "/rtc0/since_epoch";
    // The driver's own refusal (EINVAL) reads as nothing.
    for (const char* text :
         {"", "-1", "9223372036", "99999999999999999999", "1795000000x", "soon"}) {
        CAPTURE(text);
        std::ofstream(epoch_file) << text << "\n";
        REQUIRE_FALSE(clock->read());
        CHECK(clock->read().error().message == epoch_file + " shows no valid time");
    }
}

TEST_CASE("what cannot be opened, or is no clock at all, is an error that names it") {
    const TemporaryDirectory tree;
    add(tree.path() + "/sys", "rtc0", "x", "0");
    auto gone = RtcDevice::find(tree.path() + "/sys", tree.path());
    REQUIRE(gone);
    CHECK(gone->read().error().message ==
          tree.path() + "/sys/rtc0/since_epoch shows no valid time");
    CHECK(gone->set().error().message ==
          "cannot open " + tree.path() + "/rtc0: no such file or directory");
    std::ofstream(tree.path() + "/rtc0") << "a file";
    CHECK(gone->voltage().error().message.ends_with("does not tell of its supply"));
    CHECK(gone->set().error().message.starts_with("cannot set " + tree.path() + "/rtc0: "));
}

}  // namespace
}  // namespace clockwright::system
