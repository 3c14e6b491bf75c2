#include "system/worker.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <vector>

using namespace clockwright::system;

TEST_CASE("jobs run in order beside the loop, and their values come back on it") {
    boost::asio::io_context loop;
    auto keep = boost::asio::make_work_guard(loop);
    Worker worker(loop);
    std::vector<int> came;
    const auto here = std::this_thread::get_id();
    for (int i = 0; i < 100; ++i) {
        worker.post([i] { return std::pair(i, std::this_thread::get_id()); },
                    [&](std::pair<int, std::thread::id> value) {
                        CHECK(value.second != here);
                        CHECK(std::this_thread::get_id() == here);
                        came.push_back(value.first);
                        if (came.size() == 100) loop.stop();
                    });
    }
    loop.run();
    CHECK(came.size() == 100);
    CHECK(std::ranges::is_sorted(came));
}

TEST_CASE("a worker that goes ends the job in hand and drops the others") {
    boost::asio::io_context loop;
    std::atomic<int> done = 0;
    std::atomic<bool> begun = false, go = false;
    {
        Worker worker(loop);
        worker.post(
            [&] {
                begun = true;
                begun.notify_one();
                go.wait(false);
                return ++done;
            },
            [](int) { FAIL("the loop does not run"); });
        for (int i = 0; i < 10; ++i) worker.post([&] { return ++done; }, [](int) {});
        begun.wait(false);
        go = true;
        go.notify_one();
    }
    CHECK(done >= 1);
}
