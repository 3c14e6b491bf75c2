#include "daemon/verify.h"

#include <doctest/doctest.h>

#include <functional>

using namespace clockwright;

namespace {

constexpr WallTime reload{std::chrono::seconds(1'800'000'000)};

DaemonSource source(const std::string& name, const std::string& address, char state) {
    DaemonSource source;
    source.name = name;
    source.address = parse_address(address);
    source.state = state;
    source.state_exact = true;
    source.samples = 8;
    source.poll = 6;
    source.reach = 0xff;
    source.authentication = Authentication::none;
    return source;
}

/// Four sources, the last one added; the daemon follows the first and updated after the reload.
DaemonState good_state() {
    DaemonState state;
    state.sources = {source("ntp1", "10.0.0.1", '*'), source("ntp2", "10.0.0.2", '+'),
                     source("ntp3", "10.0.0.3", '-'), source("ntp4", "10.0.0.4", '+')};
    state.sources[3].samples = 3;
    state.sources[3].valid_replies = 3;
    state.complete = true;
    state.read_at = reload + std::chrono::seconds(10);
    state.tracking.reference = parse_address("10.0.0.1");
    state.tracking.refid = 0x0a000001;
    state.tracking.stratum = 2;
    state.tracking.leap = Leap::none;
    state.tracking.reference_time = reload + std::chrono::seconds(4);
    state.tracking.root_delay = Seconds{2e-3};
    state.tracking.root_dispersion = Seconds{1e-3};
    return state;
}

Expectation wanted() {
    Expectation expectation;
    for (const auto* name : {"ntp1", "ntp2", "ntp3", "ntp4"})
        expectation.sources.push_back({.name = name});
    expectation.sources[3].added = true;
    expectation.minimum = 4;
    return expectation;
}

struct Row {
    std::string what;
    std::function<void(Expectation&, DaemonState&)> change;
    std::string missing;  ///< a part of the one unmet condition; empty: it holds
    bool hopeless = false;
};

void check_rows(const std::vector<Row>& rows) {
    for (const auto& row : rows) {
        CAPTURE(row.what);
        auto expectation = wanted();
        auto state = good_state();
        const Baseline baseline{good_state()};
        row.change(expectation, state);
        const auto verification = verify(expectation, state, baseline, reload);
        std::string missing;
        for (const auto& words : verification.missing) missing += words + "\n";
        CAPTURE(missing);
        CHECK(verification.holds == row.missing.empty());
        CHECK(verification.hopeless == row.hopeless);
        CHECK(missing.contains(row.missing));
    }
}

}  // namespace

TEST_CASE("a change holds when the daemon uses what was planned") {
    check_rows({
        {"as planned", [](auto&, auto&) {}, ""},
        {"a kept source of long polls brings no new samples, its last update is within two polls",
         [](auto&, auto& state) {
             state.sources[0].poll = 10;
             state.tracking.reference_time = reload - std::chrono::seconds(2000);
         },
         ""},
        {"replies of a kept source were never counted",
         [](auto&, auto& state) { state.sources[0].valid_replies = 0; }, ""},
        {"a bad foreign source may stay bad",
         [](auto& expectation, auto& state) {
             expectation.sources.push_back({.name = "old", .kept_foreign = true});
             state.sources.push_back(source("old", "10.0.0.9", 'x'));
         },
         ""},
        {"a foreign source may have no address",
         [](auto& expectation, auto& state) {
             expectation.sources.push_back({.name = "old", .kept_foreign = true});
             state.sources.push_back(source("old", "", 'M'));
         },
         ""},
        {"what a file and the daemon differ on may be absent",
         [](auto& expectation, auto&) {
             expectation.sources.push_back(
                 {.name = "later", .kept_foreign = true, .may_be_absent = true});
         },
         ""},
        {"a refclock is none of the plan's sources, and may be followed",
         [](auto&, auto& state) {
             auto clock = source("PPS0", "", '*');
             clock.refclock = true;
             clock.refid = 0x50505330;
             state.sources.push_back(clock);
             state.tracking.reference.reset();
             state.tracking.refid = clock.refid;
         },
         ""},
        {"one of several members of a pool is enough",
         [](auto& expectation, auto& state) {
             expectation.sources[3].pool = true;
             state.sources.push_back(source("ntp4", "", 'M'));
         },
         ""},
        {"without selectdata the letters of sources serve",
         [](auto&, auto& state) {
             for (auto& one : state.sources) {
                 one.state_exact = false;
                 one.valid_replies.reset();
                 one.authentication.reset();
             }
             state.complete = false;
         },
         ""},
    });
}

TEST_CASE("a source is judged by what it does after the reload") {
    check_rows({
        {"two samples", [](auto&, auto& state) { state.sources[3].samples = 2; },
         "ntp4: 2 of 3 samples since the reload"},
        {"two valid replies", [](auto&, auto& state) { state.sources[3].valid_replies = 2; },
         "ntp4: 2 of 3 samples since the reload"},
        {"silent",
         [](auto&, auto& state) {
             state.sources[3].samples = 0;
             state.sources[3].reach = 0;
         },
         "ntp4: no answer yet"},
        {"falseticker", [](auto&, auto& state) { state.sources[3].state = 'x'; }, "ntp4: "},
        {"jittery", [](auto&, auto& state) { state.sources[3].state = '~'; }, "ntp4: "},
        {"kept, but not fit", [](auto&, auto& state) { state.sources[1].state = 'd'; },
         "3 of 4 usable, 4 wanted (ntp2: "},
        {"kept, but too few samples", [](auto&, auto& state) { state.sources[1].samples = 2; },
         "3 of 4 usable, 4 wanted"},
        {"no address", [](auto&, auto& state) { state.sources[3].address.reset(); },
         "ntp4: its name has no address"},
        {"three bits of reach are three samples",
         [](auto&, auto& state) {
             state.sources[3].samples.reset();
             state.sources[3].valid_replies.reset();
             state.sources[3].reach = 0x03;
         },
         "ntp4: 2 of 3 samples since the reload"},
    });
}

TEST_CASE("what the daemon lists is compared by name") {
    check_rows({
        {"dropped", [](auto&, auto& state) { state.sources.pop_back(); },
         "ntp4: the daemon does not list it", true},
        {"stayed",
         [](auto&, auto& state) { state.sources.push_back(source("old", "10.0.0.9", '+')); },
         "old: the daemon still lists it", true},
        {"foreign, gone",
         [](auto& expectation, auto&) {
             expectation.sources.push_back({.name = "old", .kept_foreign = true});
         },
         "old: the daemon does not list it", true},
        {"not reached yet, by a daemon that lists what it reached",
         [](auto&, auto& state) {
             state.kind = DaemonKind::ntpd_rs;
             state.sources.pop_back();
         },
         "ntp4: the daemon does not list it (yet)"},
    });
}

TEST_CASE("authentication is as planned, or will never be") {
    check_rows({
        {"not by NTS",
         [](auto& expectation, auto&) {
             expectation.sources[3].authentication = Authentication::nts;
         },
         "ntp4: authentication is none, nts is planned", true},
        {"cannot be read",
         [](auto& expectation, auto& state) {
             expectation.sources[3].authentication = Authentication::nts;
             state.sources[3].authentication.reset();
         },
         "ntp4: its authentication cannot be read"},
    });
}

TEST_CASE("what the old sources left behind proves nothing") {
    check_rows({
        {"leap normal and stratum 2, but the refid is of a source that is gone",
         [](auto&, auto& state) {
             state.tracking.reference = parse_address("10.0.0.99");
             state.tracking.reference_time = reload - std::chrono::seconds(5);
         },
         "the daemon still follows 10.0.0.99, which is not among its sources now"},
        {"the same, with an update that is later",
         [](auto&, auto& state) { state.tracking.reference = parse_address("10.0.0.99"); },
         "the daemon still follows 10.0.0.99"},
        {"follows the added source since before it was there",
         [](auto&, auto& state) {
             state.tracking.reference = parse_address("10.0.0.4");
             state.tracking.reference_time = reload - std::chrono::seconds(1);
         },
         "the daemon has not updated the clock since the reload"},
        {"a kept source was followed, three of its polls ago",
         [](auto&, auto& state) {
             state.tracking.reference_time = state.read_at - std::chrono::seconds(192);
         },
         "the daemon updated the clock 3 min 12 s ago"},
        {"unsynchronised", [](auto&, auto& state) { state.tracking.leap = Leap::unsynchronised; },
         "the daemon has not chosen a source"},
    });
}

TEST_CASE("a majority of the sources must agree") {
    check_rows({
        {"two against two",
         [](auto& expectation, auto& state) {
             expectation.minimum = 2;
             state.sources[1].state = state.sources[2].state = 'x';
         },
         "no majority: 2 agree, 2 do not"},
        {"three against one",
         [](auto& expectation, auto& state) {
             expectation.minimum = 3;
             state.sources[2].state = 'x';
         },
         ""},
    });
}

TEST_CASE("the offset moves by less than the sum of both bounds") {
    check_rows({
        {"within", [](auto&, auto& state) { state.tracking.offset = Seconds{3.9e-3}; }, ""},
        {"beyond", [](auto&, auto& state) { state.tracking.offset = Seconds{-4.1e-3}; },
         "the offset moved by 4.1"},
        {"beyond, but the daemon now outvotes what it followed before",
         [](auto& expectation, auto& state) {
             expectation.minimum = 3;
             state.tracking.offset = Seconds{0.5};
             state.tracking.reference = parse_address("10.0.0.2");
             state.sources[0].state = 'x';
             state.sources[1].state = '*';
         },
         ""},
    });
}

namespace {

/// timesyncd follows the second of three after the first was silent; "old" is foreign and stays.
DaemonState one_server_state() {
    DaemonState state;
    state.kind = DaemonKind::timesyncd;
    for (const auto* name : {"ntp1", "ntp2", "ntp3", "old"})
        state.sources.emplace_back().name = name;
    auto& followed = state.sources[1];
    followed.address = parse_address("10.0.0.2");
    followed.state = '*';
    followed.samples = 1;
    followed.reach = 1;
    state.complete = true;
    state.read_at = reload + std::chrono::seconds(14);
    state.tracking.reference = followed.address;
    state.tracking.refid = 0x0a000002;
    state.tracking.leap = Leap::none;
    state.tracking.reference_time = reload + std::chrono::seconds(12);
    return state;
}

Expectation one_server_wanted() {
    Expectation expectation;
    for (const auto* name : {"ntp1", "ntp2", "ntp3"})
        expectation.sources.push_back({.name = name, .added = true});
    expectation.sources.push_back({.name = "old", .kept_foreign = true});
    expectation.minimum = 1;
    return expectation;
}

void follow(DaemonState& state, std::size_t index) {
    std::swap(state.sources[1].name, state.sources[index].name);
}

}  // namespace

TEST_CASE("a daemon of one server must have had an answer from one of ours since its restart") {
    const Row rows[] = {
        {"as planned", [](auto&, auto&) {}, ""},
        {"another of ours", [](auto&, auto& state) { follow(state, 2); }, ""},
        {"a foreign one", [](auto&, auto& state) { follow(state, 3); },
         "systemd-timesyncd follows old, which is not of the planned set"},
        {"a foreign one, and nothing of ours is wanted",
         [](auto& expectation, auto& state) {
             for (auto& one : expectation.sources) one.kept_foreign = true;
             follow(state, 3);
         },
         ""},
        {"a server that is in no list",
         [](auto&, auto& state) {
             state.sources[1] = {};
             state.sources[1].name = "ntp2";
         },
         "the daemon still follows 10.0.0.2, which is not among its sources now"},
        {"no packet came",
         [](auto&, auto& state) {
             state.tracking = {};
             state.sources[1].state = '?';
             state.sources[1].samples.reset();
             state.sources[1].reach = 0;
         },
         "no server has answered since the restart"},
        {"the packet came before the restart",
         [](auto&, auto& state) {
             state.tracking.reference_time = reload - std::chrono::seconds(1);
         },
         "ntp2: no answer since the restart"},
        {"its one answer was not used", [](auto&, auto& state) { state.sources[1].state = '~'; },
         "0 of 4 usable, 1 wanted"},
        {"another server was followed before, far away",
         [](auto&, auto& state) { state.tracking.offset = Seconds{0.4}; }, ""},
    };
    Baseline before{one_server_state()};
    before.state.tracking.reference = parse_address("10.0.0.66");
    for (const auto& row : rows) {
        CAPTURE(row.what);
        auto expectation = one_server_wanted();
        auto state = one_server_state();
        row.change(expectation, state);
        const auto verification = verify(expectation, state, before, reload);
        std::string missing;
        for (const auto& words : verification.missing) missing += words + "\n";
        CAPTURE(missing);
        CHECK(verification.holds == row.missing.empty());
        CHECK(missing.contains(row.missing));
        if (row.what == "as planned")
            CHECK(verification.summary == "4 of 4 present; it follows ntp2, one server at a time");
    }
}

TEST_CASE("a proof of the old state asks for the same names and for nothing else") {
    auto expectation = wanted();
    expectation.proof_only = true;
    auto state = good_state();
    state.tracking = {};
    for (auto& one : state.sources) one.state = 'x';
    CHECK(verify(expectation, state, {}, {}).holds);
    state.sources.pop_back();
    CHECK_FALSE(verify(expectation, state, {}, {}).holds);
}

TEST_CASE("the summary counts") {
    const auto verification = verify(wanted(), good_state(), {good_state()}, reload);
    CHECK(verification.usable == 4);
    CHECK(verification.summary == "4 of 4 present, 4 usable with >= 3 samples each");
}

TEST_CASE(
    "of a daemon that names no falseticker only our own sources count, if they can be enough") {
    Expectation wanted;
    wanted.minimum = 2;
    DaemonState state;
    state.kind = DaemonKind::openntpd;
    const auto add = [&](const std::string& name, bool foreign, char letter) {
        wanted.sources.push_back({.name = name, .added = !foreign, .kept_foreign = foreign});
        DaemonSource source;
        source.name = name;
        source.address = parse_address("10.0.0.1");
        source.reach = letter == '+' ? 0x0f : 0x03;
        source.state = letter;
        state.sources.push_back(source);
    };
    add("ntp1", false, '+');
    add("ntp2", false, 'M');
    add("liar", true, '+');
    CHECK_FALSE(verify(wanted, state, {}, {}).holds);
    state.sources[1].state = '+';
    CHECK(verify(wanted, state, {}, {}).holds);
    state.sources[1].state = 'M';
    wanted.minimum = 3;  // ours cannot be enough: the foreign one is part of the set
    state.sources[1].state = '+';
    CHECK(verify(wanted, state, {}, {}).holds);
}

TEST_CASE("what is left of a slew may shrink to nothing, and not grow or turn round") {
    const struct {
        double before, after;
        bool holds;
    } rows[] = {{0.84, 0.5, true},    {0.84, 0, true},      {0.84, -0.0039, true},
                {0.84, 0.845, false}, {0.84, -0.01, false}, {-0.84, -0.2, true},
                {-0.84, 0.01, false}, {-0.84, -0.85, false}};
    for (const auto& row : rows) {
        CAPTURE(row.before);
        CAPTURE(row.after);
        Baseline baseline{good_state()};
        baseline.state.tracking.offset = Seconds{row.before};
        auto state = good_state();
        state.tracking.offset = Seconds{row.after};
        CHECK(verify(wanted(), state, baseline, reload).holds == row.holds);
    }
}

TEST_CASE("how far the offset moved is not judged where no bound is told") {
    Expectation wanted;
    wanted.minimum = 0;
    DaemonState state;
    state.kind = DaemonKind::openntpd;
    state.tracking.leap = Leap::none;
    state.tracking.reference = parse_address("10.0.0.1");
    state.tracking.bound_known = false;
    Baseline before{state};
    before.state.tracking.offset = Seconds{1};
    CHECK(verify(wanted, state, before, {}).holds);
    state.tracking.bound_known = before.state.tracking.bound_known = true;
    CHECK_FALSE(verify(wanted, state, before, {}).holds);
}
