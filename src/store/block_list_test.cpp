#include "store/block_list.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/fakes/temporary_directory.h"

using namespace clockwright;

namespace {

constexpr WallTime noon{std::chrono::seconds(1'800'000'000)};

BlockList full_list() {
    Standing one;
    one.server = {"198.51.100.7", 1123};
    one.seen_as = "ntp7.example";
    one.block = Block{BlockReason::denied, "it sent DENY", noon, noon + std::chrono::hours(24)};
    one.silent_scans = 1;
    one.false_scans = 2;
    one.blocks = 3;
    one.last_counted = noon + std::chrono::nanoseconds(4000);
    one.last_heard_from = noon + std::chrono::nanoseconds(5000);
    Standing two;
    two.server = {"ntp8.example"};
    two.allowance = Allowance{"they agreed \xff by mail", noon};
    Standing three;
    three.server = {"ntp9.example"};
    three.block = Block{BlockReason::user, "", noon, {}};
    return {one, two, three};
}

Error refusal(const TemporaryDirectory& directory, std::string_view content) {
    directory.write("block-list.json", content);
    const auto list = store::load_block_list(directory.path());
    REQUIRE_FALSE(list.has_value());
    return list.error();
}

}  // namespace

TEST_CASE("a block list comes back after a restart, closed to others") {
    const TemporaryDirectory directory;
    const std::string state = directory / "state";
    CHECK(store::load_block_list(state)->empty());
    REQUIRE(store::change_block_list(state, [](BlockList& list) { list = full_list(); }));
    BlockList expected = full_list();
    expected[1].allowance->why = "they agreed \xef\xbf\xbd by mail";
    CHECK(store::load_block_list(state) == expected);
    struct stat status{};
    REQUIRE(::stat((state + "/block-list.json").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600);
}

TEST_CASE("a block list that cannot be read is said and never overwritten") {
    const TemporaryDirectory directory;
    CHECK(refusal(directory, "{").fault == Fault::bad_input);
    CHECK(refusal(directory, R"({"clockwright_block_list": 2, "servers": []})")
              .message.ends_with(
                  "clockwright_block_list: must be a whole number from 1 to 1; mend it, or move it "
                  "away: then no block and no allowance is known"));
    const std::string torn = R"({"clockwright_block_list": 1, "servers": [{"server": "a b"}]})";
    CHECK(refusal(directory, torn).message.find("servers[0].server: is no host") !=
          std::string::npos);
    CHECK_FALSE(store::change_block_list(directory.path(), [](BlockList& list) { list.clear(); }));
    CHECK(directory.read("block-list.json") == torn);
}

TEST_CASE("nothing is written when nothing changes") {
    const TemporaryDirectory directory;
    REQUIRE(store::change_block_list(directory.path(), [](BlockList&) {}));
    CHECK_FALSE(std::filesystem::exists(directory / "block-list.json"));
}

TEST_CASE("as root a block list that others may write is refused") {
    if (::geteuid() != 0) return;
    const TemporaryDirectory directory;
    directory.write("block-list.json", R"({"clockwright_block_list": 1, "servers": []})");
    ::chmod((directory / "block-list.json").c_str(), 0666);
    CHECK(store::load_block_list(directory.path()).error().fault == Fault::bad_input);
    ::chmod((directory / "block-list.json").c_str(), 0600);
    CHECK(store::load_block_list(directory.path()).has_value());
    REQUIRE(::chown((directory / "block-list.json").c_str(), 1007, 0) == 0);
    CHECK(store::load_block_list(directory.path()).error().fault == Fault::bad_input);
}

TEST_CASE("a block list that is a link, no file or no list is faulty, with what to do") {
    const TemporaryDirectory directory;
    const auto path = directory / "block-list.json";
    directory.write("elsewhere.json", R"({"clockwright_block_list": 1, "servers": []})");
    std::filesystem::create_symlink(directory / "elsewhere.json", path);
    Error error = store::load_block_list(directory.path()).error();
    CHECK(error.fault == Fault::bad_input);
    CHECK(error.message.starts_with(path + " is a symbolic link, which is not followed; mend it"));
    std::filesystem::remove(path);
    std::filesystem::create_directory(path);
    error = store::load_block_list(directory.path()).error();
    CHECK(error.fault == Fault::bad_input);
    CHECK(error.message.starts_with(path + " is no regular file; mend it, or move it away"));
}
