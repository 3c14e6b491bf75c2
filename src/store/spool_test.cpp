#include "store/spool.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/fakes/full_disk.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using store::Spool;
using store::SpoolLines;

namespace {

constexpr std::uint64_t a_megabyte = 1U << 20U;

Spool open_in(const TemporaryDirectory& directory, std::uint64_t most = a_megabyte) {
    auto spool = Spool::open(directory / "spool", most);
    REQUIRE(spool.has_value());
    return std::move(*spool);
}

std::string numbers(int from, int to) {
    std::string lines;
    for (int i = from; i < to; ++i) lines += fmt::format("line {}\n", i);
    return lines;
}

std::string file_of(const TemporaryDirectory& directory, int number) {
    return directory / fmt::format("spool/{:020}.lines", number);
}

/// As one that cannot be read: a link, which is not followed.
void spoil(const std::string& path) {
    std::filesystem::remove(path);
    std::filesystem::create_symlink("nowhere", path);
}

/// All of it, in pieces of so many lines.
std::string drain(Spool& spool, std::size_t most = 7) {
    std::string all;
    while (true) {
        const auto lines = spool.front(most, a_megabyte);
        REQUIRE(lines.has_value());
        if (lines->count == 0) return all;
        all += lines->text;
        REQUIRE(spool.drop(*lines).has_value());
    }
}

}  // namespace

TEST_CASE("lines come out in the order they went in, each once, over many files") {
    const TemporaryDirectory directory;
    Spool spool = open_in(directory, 64 << 10);  // files of 4 KiB
    for (int i = 0; i < 2000; i += 10) REQUIRE(spool.append(numbers(i, i + 10)));
    CHECK(spool.octets() == numbers(0, 2000).size());
    CHECK(drain(spool) == numbers(0, 2000));
    CHECK(spool.octets() == 0);
    CHECK(spool.lost() == 0);
}

TEST_CASE("the newest line can be looked at, and goes on waiting in its place") {
    const TemporaryDirectory directory;
    Spool spool = open_in(directory, 64 << 10);
    CHECK(spool.newest().value().count == 0);
    REQUIRE(spool.append(numbers(0, 1)));
    CHECK(spool.newest().value().text == numbers(0, 1));
    for (int i = 1; i < 1000; i += 9) REQUIRE(spool.append(numbers(i, i + 9)));
    CHECK(spool.newest().value().text == numbers(999, 1000));
    CHECK(spool.newest().value().count == 1);
    CHECK(drain(spool) == numbers(0, 1000));
    CHECK(spool.newest().value().count == 0);
}

TEST_CASE("after a restart what was dropped is gone and all else is there") {
    const TemporaryDirectory directory;
    {
        Spool spool = open_in(directory);
        REQUIRE(spool.append(numbers(0, 100)));
        REQUIRE(spool.drop(spool.front(30, a_megabyte).value()));
        REQUIRE(spool.front(5, a_megabyte).value().count == 5);  // under way when it ended
    }
    Spool again = open_in(directory);
    CHECK(again.octets() == numbers(30, 100).size());
    REQUIRE(again.append(numbers(100, 120)));
    CHECK(drain(again) == numbers(30, 120));
}

TEST_CASE("a place that was kept for a file that is gone skips nothing of the next") {
    const TemporaryDirectory directory;
    {
        Spool spool = open_in(directory);
        REQUIRE(spool.append(numbers(0, 100)));
        REQUIRE(spool.drop(spool.front(30, a_megabyte).value()));
    }
    std::filesystem::remove(directory / "spool/00000000000000000001.lines");
    {
        Spool spool = open_in(directory);
    }
    {
        REQUIRE(open_in(directory).append(numbers(0, 100)));
    }
    Spool again = open_in(directory);
    CHECK(drain(again) == numbers(0, 100));
}

TEST_CASE("a file that a crash cut gives its whole lines, and the next ones follow") {
    const TemporaryDirectory directory;
    {
        REQUIRE(open_in(directory).append(numbers(0, 3)));
    }
    const std::string name = directory / "spool/00000000000000000001.lines";
    std::filesystem::resize_file(name, std::filesystem::file_size(name) - 3);
    Spool spool = open_in(directory);
    REQUIRE(spool.append(numbers(3, 5)));
    CHECK(drain(spool) == numbers(0, 2) + numbers(3, 5));
    CHECK(spool.damaged() == 1);
}

TEST_CASE("beyond its bound the oldest goes, and is counted") {
    const TemporaryDirectory directory;
    Spool spool = open_in(directory, 64 << 10);
    const int lines = 20'000;
    for (int i = 0; i < lines; i += 100) REQUIRE(spool.append(numbers(i, i + 100)));
    CHECK(spool.octets() <= 64 << 10);
    const int lost = static_cast<int>(spool.lost());
    CHECK(lost > 0);
    CHECK(drain(spool, 5000) == numbers(lost, lines));
}

TEST_CASE("a directory that somebody removed is made again, and what comes goes on") {
    const TemporaryDirectory directory;
    Spool spool = open_in(directory);
    REQUIRE(spool.append(numbers(0, 5)));
    std::filesystem::remove_all(directory / "spool");
    CHECK_FALSE(spool.front(7, a_megabyte).has_value());  // which makes none
    REQUIRE(spool.append(numbers(5, 8)));
    CHECK(drain(spool) == numbers(5, 8));
    CHECK(spool.unread() == 1);
}

TEST_CASE("while no directory can be had lines wait in memory, and go when it is back") {
    const TemporaryDirectory directory;
    Spool spool = open_in(directory);
    std::filesystem::rename(directory / "spool", directory / "away");
    directory.write("spool", "");
    CHECK_FALSE(spool.append(numbers(0, 5)).has_value());
    std::filesystem::remove(directory / "spool");
    std::filesystem::rename(directory / "away", directory / "spool");
    REQUIRE(spool.append(numbers(5, 8)));
    CHECK(drain(spool) == numbers(0, 8));
}

TEST_CASE("what cannot be written can be had all the same, each line once") {
    const TemporaryDirectory directory;
    Spool spool = open_in(directory);
    REQUIRE(spool.append(numbers(0, 5)));
    const FullDisk full(4);
    CHECK_FALSE(spool.append(numbers(5, 20)).has_value());
    CHECK(drain(spool) == numbers(0, 20));
    CHECK_FALSE(spool.append(numbers(20, 22)).has_value());
    const SpoolLines lent = spool.front(1, a_megabyte).value();
    CHECK(lent.text == numbers(20, 21));
    CHECK_FALSE(spool.append(numbers(22, 23)).has_value());
    REQUIRE(spool.drop(lent));
    CHECK(drain(spool) == numbers(21, 23));
}

TEST_CASE("what nobody takes is kept aside, as long as that is small") {
    const TemporaryDirectory directory;
    Spool spool = open_in(directory);
    REQUIRE(spool.set_aside("bad line\n"));
    const std::string long_line = std::string(400'000, 'x') + "\n";
    for (int i = 0; i < 2; ++i) REQUIRE(spool.set_aside(long_line));
    for (int i = 0; i < 3; ++i)
        CHECK(spool.set_aside(long_line).error().message.ends_with("refused.lines is full"));
    CHECK(directory.read("spool/refused.lines").starts_with("bad line\nxxx"));
    CHECK(directory.read("spool/refused.lines").size() < a_megabyte);
}

TEST_CASE("a disk that fills up leaves no half a line, and nothing is missing when there is room") {
    const TemporaryDirectory directory;
    Spool spool = open_in(directory);
    REQUIRE(spool.append(numbers(0, 10)));
    {
        const FullDisk full(4096);
        CHECK_FALSE(spool.append(numbers(10, 1000)).has_value());
    }
    REQUIRE(spool.append(numbers(1000, 1001)));
    CHECK(drain(spool, 100) == numbers(0, 1001));
    CHECK(spool.damaged() == 0);
}

TEST_CASE("what was taken of a file that is gone takes nothing of the next one with it") {
    const TemporaryDirectory directory;
    Spool spool = open_in(directory, 8 << 10);
    REQUIRE(spool.append(numbers(0, 10)));
    const SpoolLines under_way = spool.front(10, a_megabyte).value();
    const std::string long_line = std::string(8150, 'x') + "\n";
    REQUIRE(spool.append(long_line));  // makes room: nothing older is left
    CHECK(spool.octets() == long_line.size());
    REQUIRE(spool.drop(under_way).has_value());
    CHECK(drain(spool) == long_line);
}

TEST_CASE("what waited in memory goes into files of the usual size, and makes room for itself") {
    const TemporaryDirectory directory;
    Spool spool = open_in(directory, 64 << 10);  // files of 4 KiB
    std::filesystem::rename(directory / "spool", directory / "away");
    directory.write("spool", "");
    for (int i = 0; i < 20'000; i += 100)
        CHECK_FALSE(spool.append(numbers(i, i + 100)).has_value());
    std::filesystem::remove(directory / "spool");
    std::filesystem::rename(directory / "away", directory / "spool");
    REQUIRE(spool.append(numbers(20'000, 20'001)));
    CHECK(spool.octets() <= 64 << 10);
    CHECK(spool.octets() > 56 << 10);
    for (const auto& entry : std::filesystem::directory_iterator(directory / "spool"))
        CHECK(entry.file_size() <= 4096);
    CHECK(drain(spool, 5000) == numbers(static_cast<int>(spool.lost()), 20'001));
}

TEST_CASE("what was taken and went to make room takes nothing else with it") {
    const TemporaryDirectory directory;
    Spool spool = open_in(directory, 16 << 10);  // files of 4 KiB
    REQUIRE(spool.append(numbers(0, 10)));
    const SpoolLines under_way = spool.front(5, a_megabyte).value();
    for (int i = 10; i < 4000; i += 10) REQUIRE(spool.append(numbers(i, i + 10)));
    CHECK(spool.lost() > 5);
    const std::uint64_t waiting = spool.octets();
    REQUIRE(spool.drop(under_way).has_value());
    CHECK(spool.octets() == waiting);
    CHECK(drain(spool) == numbers(static_cast<int>(spool.lost()), 4000));
}

TEST_CASE("files that were deleted hold up nothing: what comes later comes out") {
    const TemporaryDirectory directory;
    Spool spool = open_in(directory, 64 << 10);  // files of 4 KiB
    for (int i = 0; i < 1000; i += 10) REQUIRE(spool.append(numbers(i, i + 10)));
    for (int i = 1; i < 10; ++i) std::filesystem::remove(file_of(directory, i));
    REQUIRE(spool.append(numbers(1000, 1005)));
    CHECK(drain(spool) == numbers(1000, 1005));
    CHECK(spool.unread() == 3);
    CHECK(spool.octets() == 0);
}

TEST_CASE("a file that cannot be read is put aside, and what is behind it comes out") {
    const TemporaryDirectory directory;
    {
        Spool spool = open_in(directory);
        REQUIRE(spool.append(numbers(0, 10)));
    }
    {
        Spool spool = open_in(directory);
        REQUIRE(spool.append(numbers(10, 20)));
    }
    spoil(file_of(directory, 1));
    Spool spool = open_in(directory);
    REQUIRE(spool.append(numbers(20, 30)));
    CHECK(drain(spool) == numbers(10, 30));
    CHECK(spool.unread() == 1);
    CHECK(std::filesystem::is_symlink(directory / "spool/00000000000000000001.unread"));
    CHECK_FALSE(std::filesystem::is_symlink(file_of(directory, 1)));
}

TEST_CASE("a file that cannot be read does not keep room from being made") {
    const TemporaryDirectory directory;
    Spool spool = open_in(directory, 64 << 10);
    for (int i = 0; i < 5000; i += 10) REQUIRE(spool.append(numbers(i, i + 10)));
    spoil(file_of(directory, 1));
    for (int i = 5000; i < 20'000; i += 10) REQUIRE(spool.append(numbers(i, i + 10)));
    CHECK(spool.octets() <= 64 << 10);
    CHECK(spool.unread() == 1);
    CHECK(drain(spool, 5000).ends_with(numbers(19'000, 20'000)));
}

TEST_CASE("while the directory of the files is away none of them is given up") {
    const TemporaryDirectory directory;
    Spool spool = open_in(directory);
    REQUIRE(spool.append(numbers(0, 5)));
    std::filesystem::rename(directory / "spool", directory / "away");
    CHECK_FALSE(spool.front(7, a_megabyte).has_value());
    std::filesystem::rename(directory / "away", directory / "spool");
    CHECK(drain(spool) == numbers(0, 5));
    CHECK(spool.unread() == 0);
}

TEST_CASE("a place that cannot be read is none: lines may come twice, and none is lost") {
    const TemporaryDirectory directory;
    {
        Spool spool = open_in(directory);
        REQUIRE(spool.append(numbers(0, 10)));
        REQUIRE(spool.drop(spool.front(3, a_megabyte).value()));
    }
    spoil(directory / "spool/place");
    Spool spool = open_in(directory);
    CHECK(drain(spool) == numbers(0, 10));
}

TEST_CASE("a file whose name is not as we write it is none of ours") {
    const TemporaryDirectory directory;
    directory.make_directory("spool");
    directory.write("spool/7.lines", numbers(0, 3));
    Spool spool = open_in(directory);
    CHECK(spool.octets() == 0);
    REQUIRE(spool.append(numbers(3, 5)));
    CHECK(drain(spool) == numbers(3, 5));
    CHECK(directory.read("spool/7.lines") == numbers(0, 3));
}
