#include "store/lock.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <thread>

#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using store::Lock;

TEST_CASE("a lock is held by one alone, and is free when its holder lets go") {
    const TemporaryDirectory directory;
    const std::string path = directory / "lock";
    {
        const auto held = Lock::take(path);
        REQUIRE(held);
        const auto second = Lock::take(path);
        REQUIRE_FALSE(second);
        CHECK(second.error().fault == Fault::refused);
        CHECK(second.error().message.contains("(pid "));
    }
    CHECK(Lock::take(path));
}

TEST_CASE("who waited for a lock whose file was removed holds the one that others see") {
    const TemporaryDirectory directory;
    const std::string path = directory / "lock";
    auto purging = Lock::take(path);
    REQUIRE(purging);
    std::atomic<bool> begun = false;
    std::optional<Lock> waited;
    std::jthread waiting([&] {
        begun = true;
        if (auto lock = Lock::await(path)) waited.emplace(std::move(*lock));
    });
    while (!begun) std::this_thread::yield();
    REQUIRE(::unlink(path.c_str()) == 0);
    purging = fail("let go");
    waiting.join();
    REQUIRE(waited);
    CHECK_FALSE(Lock::take(path));
}
