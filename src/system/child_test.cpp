#include "system/child.h"

#include <doctest/doctest.h>

#include <fstream>

namespace clockwright::system {

TEST_CASE("a program that an upgrade replaced is the one in its place") {
    const auto directory = TemporaryDirectory::make("clockwright-child");
    REQUIRE(directory);
    const std::string program = directory->path() + "/clockwright";
    CHECK(as_replaced(program) == program);
    CHECK(as_replaced(program + " (deleted)") == program + " (deleted)");
    std::ofstream(program) << "new";
    CHECK(as_replaced(program + " (deleted)") == program);
}

}  // namespace clockwright::system
