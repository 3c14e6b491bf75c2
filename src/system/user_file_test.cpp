#include "system/user_file.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

using namespace clockwright;

TEST_CASE("what is written is read back, and nothing is left beside it") {
    const auto directory =
        std::filesystem::temp_directory_path() / ("user-file-" + std::to_string(::getpid()));
    std::filesystem::create_directory(directory);
    const std::string path = directory / "record.jsonl";
    REQUIRE(system::write_new_file(path, "one\n").has_value());
    REQUIRE(system::write_new_file(path, std::string(200'000, 'x')).has_value());
    CHECK(system::read_file(path)->size() == 200'000);
    CHECK(std::distance(std::filesystem::directory_iterator(directory), {}) == 1);
    std::filesystem::remove_all(directory);
}

TEST_CASE("what a killed writer left is in nobody's way") {
    const auto directory =
        std::filesystem::temp_directory_path() / ("user-file-" + std::to_string(::getpid()));
    std::filesystem::create_directory(directory);
    const std::string path = directory / "word.json";
    const std::string left = path + "." + std::to_string(::getpid()) + ".part";
    REQUIRE(system::write_new_file(left, "half", system::Keep::fleeting).has_value());
    CHECK(system::write_new_file(path, "whole", system::Keep::fleeting).has_value());
    CHECK(std::distance(std::filesystem::directory_iterator(directory), {}) == 1);
    std::filesystem::remove_all(directory);
}

TEST_CASE("a file that is not there is named") {
    const auto missing = system::read_file("/no/such/file");
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().fault == Fault::bad_input);
    CHECK(missing.error().message == "cannot read /no/such/file: no such file or directory");
    CHECK_FALSE(system::write_new_file("/no/such/file", "x").has_value());
}

TEST_CASE("what may not be written is not permitted, what cannot be written has failed") {
    CHECK(system::write_new_file("/proc/self/nothing", "x").error().fault != Fault::bad_input);
    CHECK(system::write_new_file("/no/such/file", "x").error().fault == Fault::failed);
    if (::geteuid() == 0) return;  // may write anywhere
    const auto refused = system::write_new_file("/etc/clockwright-test", "x");
    CHECK(refused.error().fault == Fault::not_permitted);
    CHECK(refused.error().message == "cannot write /etc/clockwright-test: permission denied");
}

TEST_CASE("a device is written directly") {
    CHECK(system::write_new_file("/dev/null", "x").has_value());
}
