#include "publish/screen.h"

#include <doctest/doctest.h>

using namespace clockwright;

TEST_CASE("a frame is drawn from the top, and leaves nothing of the one before") {
    CHECK(screen_frame("one\ntwo\n", 24) == "\033[Hone\033[K\ntwo\033[K\033[J");
    CHECK(screen_frame("", 24) == "\033[H\033[J");
}

TEST_CASE("a frame is never higher than the screen, and says how much it leaves out") {
    const std::string text = "1\n2\n3\n4\n5\n";
    CHECK(screen_frame(text, 5).contains("5\033[K"));
    const std::string cut = screen_frame(text, 3);
    CHECK(cut.contains("2\033[K\n(3 more lines: clockwright status)\033[K\033[J"));
    CHECK_FALSE(cut.contains("3\033[K"));
    CHECK(screen_frame(text, 0).contains("5\033[K"));
}
