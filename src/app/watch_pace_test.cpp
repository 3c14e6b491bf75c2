#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "ntp/kiss.h"
#include "tests/fakes/watch_house.h"

using namespace clockwright;
using namespace clockwright::app;
using namespace std::chrono_literals;

TEST_CASE("who sends RATE is asked half as often each time, at least once in 2^13 s") {
    const auto rate = kissed("203.0.113.1", ntp::kiss_code("RATE"));
    House house({candidate("203.0.113.1")});
    CHECK(house.asked_within(65s + 130s + 260s, rate) == 3);
    CHECK(house.asked_within(24h, rate) <= 16);
    CHECK(house.asked_within(8192s * 3, rate) >= 2);
}

TEST_CASE("who denies is asked again after a day, then after two") {
    const auto deny = kissed("203.0.113.1", ntp::kiss_code("DENY"));
    House house({candidate("203.0.113.1")});
    CHECK(house.asked_within(24h, deny) == 1);
    CHECK(house.asked_within(48h, deny) == 1);
    CHECK(house.asked_within(1s, heard("203.0.113.1", house.now.steady)) == 1);
    CHECK(house.asked_within(65s, heard("203.0.113.1", house.now.steady)) == 1);
}

TEST_CASE("kisses silence a third of the strangers for a day, the others ask less often") {
    std::vector<Candidate> six;
    for (const char* last : {"1", "2", "3", "4", "5", "6"})
        six.push_back(candidate(std::string("203.0.113.") + last));
    House house(six);
    house.due();
    for (const Candidate& one : six)
        house.answer(kissed(one.source.as_written, ntp::kiss_code("DENY")));
    house.pass(Seconds{129});
    CHECK(house.due().empty());
    house.pass(Seconds{1});
    CHECK(house.due().size() == 4);
}

TEST_CASE("a neighbour that denies is asked less often, and heard when it is mended") {
    const auto deny = kissed("192.168.1.1", ntp::kiss_code("DENY"));
    House house({candidate("192.168.1.1")});
    CHECK(house.asked_within(1h, deny) <= 12);
    CHECK(house.asked_within(8192s, deny) >= 1);
}

TEST_CASE("a faster rate holds at once, also for who was asked by the slow one") {
    House house({candidate("192.168.1.1"), candidate("203.0.113.1")});
    house.list.keep_rates({.near = Seconds{1800}, .strangers = Seconds{1800}});
    CHECK(house.due().size() == 2);
    house.pass(Seconds{64});
    CHECK(house.due().empty());
    house.list.keep_rates({.near = Seconds{64}, .strangers = Seconds{256}});
    CHECK(house.due() == Hosts{"192.168.1.1"});
}

TEST_CASE("while nobody at all answers, who did before is asked once an hour") {
    House house({candidate("203.0.113.1")});
    house.asked_within(65s, heard("203.0.113.1", house.now.steady));
    house.asked_within(3h, lost("203.0.113.1"));
    CHECK(house.asked_within(24h, lost("203.0.113.1")) == 24);
}

TEST_CASE("a stranger that is silent for months is asked once a day, a neighbour as ever") {
    House house({candidate("203.0.113.1"), candidate("192.168.1.9")});
    house.due();
    house.answer(heard("192.168.1.9", house.now.steady));
    house.pass(Seconds{65});
    CHECK(house.asked_within(65s * 3, lost("203.0.113.1")) == 3);
    CHECK(house.asked_within(24h * 4, lost("203.0.113.1")) <= 14);
    CHECK(house.asked_within(24h * 10, lost("203.0.113.1")) == 10);
    house.asked_within(24h, heard("203.0.113.1", house.now.steady));
    CHECK(house.asked_within(65s * 10, heard("203.0.113.1", house.now.steady)) == 10);
    House near({candidate("192.168.1.1")});
    CHECK(near.asked_within(600s, lost("192.168.1.1")) == 600);
}

TEST_CASE("when all were silent and one answers, the silent strangers get a question at once") {
    House house({candidate("192.168.1.1"), candidate("203.0.113.1")});
    const auto outage = [&](Seconds length) {
        for (Seconds past{0}; past < length; past += Seconds{1}) {
            for (const std::string& host : house.due()) house.answer(lost(host));
            house.pass(Seconds{1});
        }
    };
    outage(Seconds{24 * 3600});
    CHECK(house.due() == Hosts{"192.168.1.1"});
    house.answer(heard("192.168.1.1", house.now.steady));
    CHECK(house.due() == Hosts{"203.0.113.1"});
    house.answer(heard("203.0.113.1", house.now.steady));
    outage(Seconds{1000});  // not at each answer that comes through a bad network
    house.due();
    house.answer(heard("192.168.1.1", house.now.steady));
    CHECK(house.due().empty());
}

TEST_CASE("a name that leads to another silent stranger each time is not walked") {
    House house({candidate("pool.example")});
    std::set<std::string> met;
    int next = 0, asked = 0;
    for (int second = 0; second < 24 * 3600; ++second) {
        const std::string address = "203.0.113." + std::to_string(next % 250 + 1);
        const auto before = house.list.servers().front().candidate.address;
        house.finds("pool.example", address.c_str());
        if (!before && house.list.servers().front().candidate.address) ++next;
        for (const std::string& host : house.due()) {
            met.insert(to_string(*house.list.servers().front().candidate.address));
            ++asked;
            if (asked < 8) CHECK(met.size() == 1);
            house.answer(lost(host));
        }
        house.pass(Seconds{1});
    }
    CHECK(asked <= 13);
    CHECK(met.size() <= 5);
}

TEST_CASE("strangers are first asked some time after the start, neighbours at once") {
    WatchRates late = rates;
    late.start = Seconds{40};
    House house({});
    house.list.keep_rates(late);
    house.list.is({candidate("192.168.1.1"), candidate("203.0.113.1"), candidate("a.example")},
                  house.now);
    CHECK(house.due() == Hosts{"192.168.1.1"});
    house.finds("a.example", "203.0.113.2");
    house.pass(Seconds{39});
    CHECK(house.due() == Hosts{"192.168.1.1"});
    house.pass(Seconds{1});
    CHECK(house.due() == Hosts{"192.168.1.1", "203.0.113.1", "a.example"});
}
