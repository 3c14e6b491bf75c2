#include "app/watch_list.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/fakes/watch_house.h"

using namespace clockwright;
using namespace clockwright::app;
using namespace std::chrono_literals;

TEST_CASE("near servers are asked at their rate, strangers once in 65 s") {
    House house({candidate("192.168.1.1"), candidate("203.0.113.1")});
    CHECK(house.due() == Hosts{"192.168.1.1", "203.0.113.1"});
    CHECK(house.due().empty());
    house.pass(Seconds{1});
    CHECK(house.due() == Hosts{"192.168.1.1"});
    house.pass(Seconds{64});
    CHECK(house.due() == Hosts{"192.168.1.1", "203.0.113.1"});
}

TEST_CASE("who falls due soon is asked sooner, but no stranger for the first time or within 65 s") {
    House house({candidate("192.168.1.1"), candidate("203.0.113.1")});
    CHECK(house.due().size() == 2);
    house.pass(Seconds{0.5});
    CHECK(house.due().empty());
    CHECK(house.list.due(house.now, 1, Seconds{0.4}).empty());
    CHECK(house.list.due(house.now, 1, Seconds{0.5}).size() == 1);
    house.pass(Seconds{64.4});
    CHECK(house.list.due(house.now, 1, Seconds{32}).size() == 1);
    house.pass(Seconds{0.1});
    CHECK(house.list.due(house.now, 1, Seconds{32}).size() == 1);  // the stranger

    WatchRates slow;
    slow.near = slow.strangers = Seconds{1800};
    slow.start = Seconds{900};
    WatchList list(slow);
    list.is({candidate("203.0.113.1")}, house.now);
    CHECK(list.due(house.now, 1, Seconds{900}).empty());
}

TEST_CASE("a stranger has his 65 s when a new configuration asks less often") {
    WatchRates fast;
    House house({});
    WatchList list(fast);
    list.is({candidate("203.0.113.1")}, house.now);
    CHECK(list.due(house.now).size() == 1);
    house.pass(Seconds{40});
    WatchRates slow;
    slow.near = slow.strangers = Seconds{1800};
    list.keep_rates(slow);
    CHECK(list.due(house.now, 1, Seconds{900}).empty());
    house.pass(Seconds{25});
    CHECK(list.due(house.now, 1, Seconds{900}).size() == 1);
}

TEST_CASE("who would miss a round by a second is waited for between two, and nobody else") {
    WatchRates pace;
    House house({});
    WatchList list(pace);
    list.is({candidate("192.168.1.1")}, house.now);
    CHECK(list.due(house.now).size() == 1);
    CHECK_FALSE(list.due_between());
    list.is({candidate("192.168.1.1"), candidate("203.0.113.1")}, house.now);
    CHECK(list.due(house.now).size() == 1);
    CHECK(list.due_between() == house.now.steady + 65s);
    pace.strangers = Seconds{256};
    list.keep_rates(pace);
    CHECK_FALSE(list.due_between());
}

TEST_CASE("a series goes to near servers alone, and counts as so many questions at their rate") {
    House house({candidate("192.168.1.1"), candidate("203.0.113.1")});
    const auto questions = house.list.due(house.now, 4);
    REQUIRE(questions.size() == 2);
    CHECK(questions[0].packets == 4);
    CHECK(questions[1].packets == 1);
    house.pass(Seconds{3.9});
    CHECK(house.due().empty());
    house.pass(Seconds{0.1});
    CHECK(house.due() == Hosts{"192.168.1.1"});
}

TEST_CASE("each packet of a series is a poll, in the order in which they left") {
    House house({candidate("192.168.1.1")});
    const auto answered_at = [&](std::initializer_list<double> seconds) {
        const SteadyTime began = house.now.steady;
        REQUIRE(house.list.due(house.now, 4).size() == 1);
        house.pass(Seconds{3});
        Answer answer;
        answer.host = "192.168.1.1";
        answer.series.sent = 4;
        for (const double at : seconds)
            answer.series.samples.push_back(
                Sample{.at = began + to_nanoseconds(Seconds{at + 0.004}), .delay = Seconds{0.01}});
        answer.series.rejections.resize(4 - seconds.size(), Rejection::time_out);
        house.answer(answer);
        house.pass(Seconds{1});
    };
    const auto& server = house.list.servers().front();
    SUBCASE("it falls silent") {
        answered_at({0, 1});
        CHECK(server.watch.reach() == 0b1100);
    }
    SUBCASE("it comes back") {
        answered_at({2, 3});
        CHECK(server.watch.reach() == 0b0011);
    }
    SUBCASE("it is silent for two series: eight polls, and it is gone") {
        answered_at({});
        CHECK_FALSE(server.is_gone());
        answered_at({});
        CHECK(server.is_gone());
        std::set<WallTime> times;  // the record has one sample of a server at a time
        for (const Record& row : house.rows) times.insert(std::get<SampleRow>(row).at);
        CHECK(times.size() == 8);
    }
    CHECK(server.watch.polls() % 4 == 0);
}

TEST_CASE(
    "a kiss ends a series: what was answered before it counts, and the server is left alone") {
    House house({candidate("192.168.1.1")});
    REQUIRE(house.list.due(house.now, 4).size() == 1);
    Answer answer = heard("192.168.1.1", house.now.steady);
    answer.series.sent = 2;
    answer.series.rejections = {Rejection::kiss};
    answer.series.kiss = 0x52415445;  // RATE
    house.pass(Seconds{1});
    house.answer(answer);
    CHECK(house.list.servers().front().watch.reach() == 0b10);
    // Twice as rarely from now on, and one packet at a time.
    house.pass(Seconds{4});
    const auto next = house.list.due(house.now, 4);
    REQUIRE(next.size() == 1);
    CHECK(next.front().packets == 1);
}

TEST_CASE("who is the daemon's is not asked, until the daemon drops it") {
    House house({candidate("192.168.1.1"), of_daemon("192.168.1.1")});
    CHECK(house.due().empty());
    house.list.is({candidate("192.168.1.1")}, house.now);
    CHECK(house.due() == Hosts{"192.168.1.1"});
}

TEST_CASE("who is asked by the daemon in our place has no verdict of its own, and is no witness") {
    House house({candidate("192.168.1.1"), of_daemon("192.168.1.1")});
    REQUIRE(house.list.servers().size() == 2);
    CHECK(house.list.servers()[0].is_twin());
    CHECK(house.list.witnesses(house.now).size() == 1);
    CHECK_FALSE(house.list.view()[0].since);
}

TEST_CASE("a name is resolved before it is asked, and anew when its server fell silent") {
    House house({candidate("ntp1.corp.example")});
    CHECK(house.due().empty());
    CHECK(house.unresolved() == Hosts{"ntp1.corp.example"});
    CHECK(house.unresolved().empty());  // one question at a time
    Answer found;
    found.host = "ntp1.corp.example";
    found.address = parse_address("192.168.1.1");
    house.list.resolved({found}, house.now, house.rows);
    CHECK(house.due() == Hosts{"ntp1.corp.example"});
    house.answer(heard("ntp1.corp.example", house.now.steady));
    for (int poll = 0; poll < 8; ++poll) {
        CHECK(house.unresolved().empty());
        house.pass(Seconds{65});
        house.answer(lost("ntp1.corp.example"));
    }
    CHECK(house.unresolved() == Hosts{"ntp1.corp.example"});
    CHECK(house.due().empty());
}

TEST_CASE("what a silent daemon's file names is asked by us, and judged") {
    Candidate named = candidate("ntp1.example");
    named.source.origin.kind = Origin::Kind::daemon;
    House house({named});
    Answer resolved = lost("ntp1.example");
    resolved.address = parse_address("10.0.0.7");
    house.list.resolved({resolved}, house.now, house.rows);
    Answer answer = heard("ntp1.example", house.now.steady);
    answer.series.samples.front().stratum = 2;
    house.answer(answer);
    const Judged judged = judge(house.list.candidates(house.now, Seconds{64}), Config{});
    house.list.judged(judged, house.now, house.rows);
    CHECK(house.list.servers().front().since != WallTime{});
    CHECK(house.list.newest_answers().size() == 1);
}

TEST_CASE("by NTS a server is asked at its rate while its keys are good, then seldom") {
    const std::string host = "nts://192.168.1.1";
    House house({candidate(host)});
    CHECK(house.due() == Hosts{host});
    house.answer(heard(host, house.now.steady));
    for (int poll = 0; poll < 3; ++poll) {
        house.pass(Seconds{1});
        CHECK(house.due() == Hosts{host});
        house.answer(lost(host));
    }
    house.pass(Seconds{599});
    CHECK(house.due().empty());
    house.pass(Seconds{1});
    CHECK(house.due() == Hosts{host});
}

TEST_CASE("a daemon's server whose answers it filters out keeps its last sample for a while") {
    House house({of_daemon("192.168.1.1")});
    DaemonSource source;
    source.address = parse_address("192.168.1.1");
    source.poll = 6;
    source.reach = 0377;
    source.last_sample = Seconds{5};
    DaemonState state;
    state.sources = {source};
    house.list.take(state, house.now, house.rows);
    const auto samples = [&](Seconds later) {
        house.pass(later);
        state.sources[0].last_sample = *state.sources[0].last_sample + later;
        house.list.take(state, house.now, house.rows);
        return house.list.candidates(house.now, Seconds{64}).front().series.samples.size();
    };
    CHECK(samples(Seconds{600}) == 1);
    CHECK(samples(Seconds{1000}) == 1);
    CHECK(samples(Seconds{60}) == 0);
    state.sources[0].reach = 0;  // nobody answers: it is not kept beyond eight polls
    House silent({of_daemon("192.168.1.1")});
    state.sources[0].last_sample = Seconds{5};
    state.sources[0].reach = 1;
    silent.list.take(state, silent.now, silent.rows);
    silent.pass(Seconds{600});
    state.sources[0].reach = 0;
    state.sources[0].last_sample = Seconds{605};
    silent.list.take(state, silent.now, silent.rows);
    CHECK(silent.list.candidates(silent.now, Seconds{64}).front().series.samples.empty());
}

TEST_CASE("a poll that the daemon lost is a row, and counted") {
    House house({of_daemon("192.168.1.1")});
    DaemonSource source;
    source.address = parse_address("192.168.1.1");
    source.poll = 6;
    source.last_sample = Seconds{5};
    DaemonState state;
    for (const int reach : {0377, 0376, 0374, 0371}) {
        source.reach = static_cast<std::uint8_t>(reach);
        source.last_sample = (reach & 1) != 0 ? Seconds{5} : *source.last_sample + Seconds{64};
        state.sources = {source};
        house.list.take(state, house.now, house.rows);
        house.pass(Seconds{64});
    }
    std::vector<std::string> lost;
    for (const Record& row : house.rows) lost.push_back(std::get<SampleRow>(row).lost);
    CHECK(lost == Hosts{"", "no answer", "no answer", ""});
    CHECK(house.list.view().front().lost == 2);
    state.kind = DaemonKind::openntpd;  // whose register is a guess
    state.sources[0].reach = 0362;
    state.sources[0].last_sample = Seconds{69};
    house.list.take(state, house.now, house.rows);
    CHECK(house.rows.size() == 4);
}

TEST_CASE("forged answers are counted over an hour, and what a question came to outlives a look") {
    House house({candidate("192.168.1.1")});
    Answer forged = lost("192.168.1.1");
    forged.series.rejections = {Rejection::bogus_origin, Rejection::time_out};
    forged.why = "certificate expired";
    for (int poll = 0; poll < 3; ++poll) {
        house.answer(forged);
        house.pass(Seconds{600});
    }
    house.list.is({candidate("192.168.1.1")}, house.now);
    CHECK(house.list.servers().front().forged.size() == 3);
    CHECK(house.list.servers().front().candidate.not_asked_why == "certificate expired");
    house.pass(Seconds{2000});
    house.answer(heard("192.168.1.1", house.now.steady));
    CHECK(house.list.servers().front().forged.size() == 2);
}
