#include "store/line_file.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>

#include "tests/fakes/full_disk.h"
#include "tests/fakes/temporary_directory.h"
#include "time/spell.h"

using namespace clockwright;
using namespace std::chrono_literals;
using store::LineFile;

namespace {

const WallTime now = *parse_rfc3339("2026-11-28T14:00:00Z");

}  // namespace

TEST_CASE("a file begins with its head and grows by lines, over restarts too") {
    const TemporaryDirectory directory;
    {
        LineFile file(directory / "a.csv", "head\n", {});
        REQUIRE(file.append("1\n", now, true));
        REQUIRE(file.append("2\n3\n", now, true));
    }
    REQUIRE(LineFile(directory / "a.csv", "head\n", {}).append("4\n", now, true));
    CHECK(directory.read("a.csv") == "head\n1\n2\n3\n4\n");
}

TEST_CASE("a line that a crash cut off is ended, and spoils none that follows") {
    const TemporaryDirectory directory;
    directory.write("a.csv", "head\n1\n2,hal");
    REQUIRE(LineFile(directory / "a.csv", "head\n", {}).append("3\n", now, true));
    CHECK(directory.read("a.csv") == "head\n1\n2,hal\n3\n");
}

TEST_CASE("a file that would be too large is put aside and begun anew with its head") {
    const TemporaryDirectory directory;
    LineFile file(directory / "a.csv", "head\n", {.rotate = 20});
    for (int i = 0; i < 4; ++i) REQUIRE(file.append(fmt::format("line {}\n", i), now, true));
    CHECK(directory.read("a.csv") == "head\nline 2\nline 3\n");
    CHECK(directory.read("a.csv.2026-11-28T14:00:00Z") == "head\nline 0\nline 1\n");
    for (int i = 4; i < 6; ++i) REQUIRE(file.append(fmt::format("line {}\n", i), now, true));
    CHECK(directory.read("a.csv.2026-11-28T14:00:01Z") == "head\nline 2\nline 3\n");
}

TEST_CASE("what was put aside goes by age and by size, oldest first; other files stay") {
    const TemporaryDirectory directory;
    for (const char* name :
         {"a.csv.2025-01-01T00:00:00Z", "a.csv.2026-11-01T00:00:00Z", "a.csv.2026-11-02T00:00:00Z",
          "a.csv.old", "b.csv.2020-01-01T00:00:00Z"})
        directory.write(name, "1234567890");
    LineFile file(directory / "a.csv", "",
                  {.rotate = 1 << 20, .most = 15, .keep = Seconds{86400.0 * 365}});
    REQUIRE(file.append("1\n", now, true));
    CHECK(std::filesystem::exists(directory / "a.csv.2026-11-02T00:00:00Z"));
    CHECK_FALSE(std::filesystem::exists(directory / "a.csv.2026-11-01T00:00:00Z"));
    CHECK_FALSE(std::filesystem::exists(directory / "a.csv.2025-01-01T00:00:00Z"));
    CHECK(directory.count() == 4);
}

TEST_CASE("by a clock that nobody vouches for nothing is too old") {
    const TemporaryDirectory directory;
    directory.write("a.csv.2025-01-01T00:00:00Z", "1");
    LineFile file(directory / "a.csv", "", {.keep = Seconds{86400}});
    REQUIRE(file.append("1\n", now, false));
    CHECK(std::filesystem::exists(directory / "a.csv.2025-01-01T00:00:00Z"));
}

TEST_CASE("while the directory is missing lines wait, and those beyond what may are counted") {
    const TemporaryDirectory directory;
    LineFile file(directory / "d/a.csv", "head\n", {});
    const auto refused = file.append("1\n", now, true);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message.contains("d/a.csv"));
    directory.make_directory("d");
    REQUIRE(file.append("2\n", now, true));
    CHECK(directory.read("d/a.csv") == "head\n1\n2\n");
    std::filesystem::remove_all(directory / "d");
    const std::string much(LineFile::most_waiting / 2, 'x');
    for (int i = 0; i < 4; ++i) CHECK_FALSE(file.append(much + "\n", now, true).has_value());
    CHECK(file.lost() == 3);
}

TEST_CASE("a link is not followed") {
    const TemporaryDirectory directory;
    directory.write("target", "");
    std::filesystem::create_symlink(directory / "target", directory / "a.csv");
    CHECK_FALSE(LineFile(directory / "a.csv", "", {}).append("1\n", now, true).has_value());
    CHECK(directory.read("target").empty());
}

TEST_CASE("a disk that fills up leaves no half a line, and nothing is missing when there is room") {
    const TemporaryDirectory directory;
    LineFile file(directory / "a.csv", "head\n", {});
    REQUIRE(file.append("1\n", now, true));
    const std::string long_line(6000, 'x');
    {
        const FullDisk full(4096);
        const auto refused = file.append(long_line + "\n", now, true);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().message.contains("a.csv"));
        CHECK(directory.read("a.csv") == "head\n1\n");
    }
    REQUIRE(file.append("2\n", now, true));
    CHECK(directory.read("a.csv") == "head\n1\n" + long_line + "\n2\n");
}
