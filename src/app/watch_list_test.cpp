#include "app/watch_list.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace clockwright;
using namespace clockwright::app;
using namespace std::chrono_literals;

namespace {

constexpr WatchRates rates{.near = Seconds{1}, .strangers = Seconds{65}, .keyed = Seconds{600}};

Candidate candidate(const std::string& host) {
    Candidate one;
    one.source.host = *parse_host(host);
    one.source.as_written = host;
    one.address = parse_address(one.source.host.name);
    return one;
}

Candidate of_daemon(const std::string& host) {
    Candidate one = candidate(host);
    one.source.origin.kind = Origin::Kind::daemon;
    return one;
}

Answer lost(const std::string& host) {
    Answer answer;
    answer.host = host;
    answer.series.sent = 1;
    answer.series.rejections = {Rejection::time_out};
    return answer;
}

Answer heard(const std::string& host, SteadyTime at) {
    Answer answer;
    answer.host = host;
    answer.series.sent = 1;
    answer.series.samples = {Sample{.at = at, .delay = Seconds{0.01}}};
    return answer;
}

/// A list and its time.
struct House {
    explicit House(const std::vector<Candidate>& whom) { list.is(whom, now); }

    void pass(Seconds length) {
        now.steady += to_nanoseconds(length);
        now.wall += to_nanoseconds(length);
    }
    std::vector<std::string> due() {
        std::vector<std::string> hosts;
        for (const Candidate& one : list.due(now)) hosts.push_back(one.source.as_written);
        return hosts;
    }
    std::vector<std::string> unresolved() {
        std::vector<std::string> hosts;
        for (const Candidate& one : list.unresolved(now)) hosts.push_back(one.source.as_written);
        return hosts;
    }
    void answer(const Answer& answer) { list.answered({answer}, now, rows); }

    Now now{WallTime{std::chrono::hours(500000)}, SteadyTime{} + 1h};
    WatchList list{rates};
    std::vector<Record> rows;
};

using Hosts = std::vector<std::string>;

}  // namespace

TEST_CASE("near servers are asked at their rate, strangers once in 65 s") {
    House house({candidate("192.168.1.1"), candidate("203.0.113.1")});
    CHECK(house.due() == Hosts{"192.168.1.1", "203.0.113.1"});
    CHECK(house.due().empty());
    house.pass(Seconds{1});
    CHECK(house.due() == Hosts{"192.168.1.1"});
    house.pass(Seconds{64});
    CHECK(house.due() == Hosts{"192.168.1.1", "203.0.113.1"});
}

TEST_CASE("who is the daemon's is not asked, until the daemon drops it") {
    House house({candidate("192.168.1.1"), of_daemon("192.168.1.1")});
    CHECK(house.due().empty());
    house.list.is({candidate("192.168.1.1")}, house.now);
    CHECK(house.due() == Hosts{"192.168.1.1"});
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
