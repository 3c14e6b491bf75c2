#include "system/rewritten_file.h"

#include <doctest/doctest.h>

#include "tests/fakes/temporary_directory.h"

using namespace clockwright;

TEST_CASE("each text takes the place of the one before, in one file") {
    const TemporaryDirectory directory;
    system::RewrittenFile file(directory / "word");
    REQUIRE(file.write("a longer text\n"));
    CHECK(directory.read("word") == "a longer text\n");
    REQUIRE(file.write("short\n"));
    CHECK(directory.read("word") ==
          "short\n        ");  // blanks: nothing of the longer one is left
    REQUIRE(file.write("and a text longer than both\n"));
    CHECK(directory.read("word") == "and a text longer than both\n");
    CHECK(directory.count() == 1);
}

TEST_CASE("what lay there before is not written into") {
    const TemporaryDirectory directory;
    directory.write("another", "theirs");
    std::filesystem::create_symlink(directory / "another", directory / "link");
    std::filesystem::create_hard_link(directory / "another", directory / "name");
    for (const char* name : {"link", "name"}) {
        system::RewrittenFile file(directory / name);
        REQUIRE(file.write("ours"));
        CHECK(directory.read(name) == "ours");
    }
    CHECK(directory.read("another") == "theirs");
}

TEST_CASE("a file that was taken away is made anew, and one in no directory is said") {
    const TemporaryDirectory directory;
    system::RewrittenFile file(directory / "word");
    REQUIRE(file.write("a longer text\n"));
    std::filesystem::remove(directory / "word");
    REQUIRE(file.write("short\n"));
    CHECK(directory.read("word") == "short\n");
    file.remove();
    CHECK(directory.count() == 0);
    REQUIRE(file.write("again\n"));
    CHECK(directory.read("word") == "again\n");
    const auto nowhere = system::RewrittenFile(directory / "none/word").write("x");
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().message.contains("none/word"));
}
