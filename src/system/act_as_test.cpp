#include "system/act_as.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <future>

#include "tests/fakes/temporary_directory.h"

namespace clockwright::system {
namespace {

constexpr ::uid_t somebody = 65'533;

TEST_CASE("root acts as the owner of a directory, and only for a while") {
    if (::geteuid() != 0) return;     // nobody else can act as another
    const TemporaryDirectory hidden;  // mode 0700, of root's
    hidden.make_directory("place");
    const std::string place = hidden / "place";
    REQUIRE(::chown(place.c_str(), somebody, somebody) == 0);
    {
        const auto owner = ActAsOwner::of(place);
        REQUIRE(owner);
        CHECK(::geteuid() == somebody);
        CHECK(::getegid() == somebody);
        std::ofstream(place + "/own") << "x";
        CHECK(std::ifstream(place + "/own").good());
        CHECK_FALSE(std::ofstream(hidden / "roots").good());
    }
    CHECK(::geteuid() == 0);
    CHECK(::getegid() == 0);
    struct stat own{};
    REQUIRE(::stat((place + "/own").c_str(), &own) == 0);
    CHECK(own.st_uid == somebody);
    CHECK(std::ofstream(hidden / "roots").good());
}

TEST_CASE("other threads stay who they are") {
    if (::geteuid() != 0) return;
    const TemporaryDirectory place;
    REQUIRE(::chown(place.path().c_str(), somebody, somebody) == 0);
    std::promise<void> acting;
    auto other = std::async(std::launch::async, [&] {
        acting.get_future().wait();
        return ::geteuid();
    });
    const auto owner = ActAsOwner::of(place.path());
    REQUIRE(owner);
    REQUIRE(::geteuid() == somebody);
    acting.set_value();
    CHECK(other.get() == 0);
}

TEST_CASE("in a place of its own, or one that is not there, nobody changes") {
    const TemporaryDirectory place;
    const ::uid_t me = ::geteuid();
    const auto owner = ActAsOwner::of(place.path()), of_nothing = ActAsOwner::of("/no/such/place");
    CHECK(owner);
    CHECK(of_nothing);
    CHECK(::geteuid() == me);
}

}  // namespace
}  // namespace clockwright::system
