#include "publish/kernel_opinion.h"

#include <doctest/doctest.h>

using namespace clockwright;

namespace {

ClockVerdict within(double bound) {
    ClockVerdict verdict;
    verdict.demonstrated = true;
    verdict.bound.emplace();
    verdict.bound->root_dispersion = Seconds{bound};
    return verdict;
}

KernelClock kernel(bool unsynchronised, double most_error) {
    KernelClock clock;
    clock.unsynchronised = unsynchronised;
    clock.most_error = Seconds{most_error};
    clock.tai = 37;
    return clock;
}

}  // namespace

TEST_CASE("the kernel's word is a second opinion and never betters the daemon's") {
    CHECK(kernel_opinion(kernel(false, 0.012), within(2e-3)) ==
          std::vector<std::string>{"by the kernel's own count UTC is within ±12 ms"});
    const auto sharper = kernel_opinion(kernel(false, 1e-3), within(2e-3));
    REQUIRE(sharper.size() == 1);
    CHECK(sharper[0].ends_with("less than the sources prove: the daemon's bound holds"));
}

TEST_CASE("a flag that nobody clears, and one that comes hours late, are told for what they are") {
    CHECK(kernel_opinion(kernel(true, 16), within(2e-3))[0].contains("rtcsync"));
    CHECK(kernel_opinion(kernel(true, 16), {})[0] ==
          "the kernel calls its clock unsynchronised too");
    CHECK(kernel_opinion(kernel(false, 0.5), {})[0].contains("notices a dead daemon after 9 h"));
}

TEST_CASE("where no daemon tells the kernel anything it is not said to have been forgotten") {
    ClockVerdict verdict = within(6e-3);
    verdict.by_quorum = true;
    CHECK(kernel_opinion(kernel(true, 16), verdict) ==
          std::vector<std::string>{
              "the kernel calls its clock unsynchronised: programs that ask it do so"});
}

TEST_CASE("TAI is wrong where nobody loaded the leap seconds") {
    KernelClock clock = kernel(false, 0.012);
    clock.tai = 0;
    CHECK(kernel_opinion(clock, within(2e-3)).back().starts_with("CLOCK_TAI is wrong"));
}
