#include "system/user_file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "tests/fakes/temporary_directory.h"

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

TEST_CASE("a link stays a link, and what it leads to is written") {
    const TemporaryDirectory directory;
    directory.write("target", "old");
    std::filesystem::create_symlink("target", directory / "link");
    std::filesystem::create_symlink("later", directory / "dangling");
    REQUIRE(system::write_new_file(directory / "link", "new"));
    CHECK(std::filesystem::is_symlink(directory / "link"));
    CHECK(directory.read("target") == "new");
    REQUIRE(system::write_new_file(directory / "dangling", "new"));
    CHECK(std::filesystem::is_symlink(directory / "dangling"));
    CHECK(directory.read("later") == "new");
}

TEST_CASE("what this process has open is written where it is, behind what is there") {
    const TemporaryDirectory directory;
    const int open = ::open((directory / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    REQUIRE(open >= 0);
    REQUIRE(::write(open, "first ", 6) == 6);
    const std::string number = std::to_string(open);
    std::filesystem::create_symlink("/proc/self/fd/" + number, directory / "stdout");
    REQUIRE(system::write_new_file(directory / "stdout", "second "));
    REQUIRE(system::write_new_file("/dev/fd/" + number, "third"));
    CHECK(std::filesystem::is_symlink(directory / "stdout"));
    CHECK(directory.read("out") == "first second third");
    ::close(open);
}

TEST_CASE("the directory of a file to come is made when it alone is missing") {
    const TemporaryDirectory directory;
    REQUIRE(system::make_directory_of(directory / "etc/clock.toml"));
    CHECK(std::filesystem::is_directory(directory / "etc"));
    CHECK(system::make_directory_of(directory / "etc/clock.toml"));
    CHECK(system::make_directory_of("clock.toml"));
    const auto two = system::make_directory_of(directory / "a/b/clock.toml");
    REQUIRE_FALSE(two);
    CHECK(two.error().message.contains("a/b"));
}
