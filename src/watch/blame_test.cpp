#include "watch/blame.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

Consensus agreed(int agreeing, int judged, Seconds offset = 0ms, Seconds bound = 2ms) {
    Consensus consensus;
    consensus.majority = true;
    consensus.agreeing = agreeing;
    consensus.judged = judged;
    consensus.offset = offset;
    consensus.bound = bound;
    return consensus;
}

Witness witness(std::string host, Verdict verdict, Seconds error) {
    Witness one;
    one.host = std::move(host);
    one.verdict = verdict;
    one.error = error;
    one.distance = 4ms;
    one.answered_before = true;
    return one;
}

std::vector<Witness> four_with_a_liar() {
    return {witness("ntp1", Verdict::truechimer, 0ms), witness("ntp2", Verdict::falseticker, 840ms),
            witness("ntp3", Verdict::truechimer, 0ms), witness("ntp4", Verdict::system_peer, 0ms)};
}

const HostClaim good_host{Seconds{1e-5}, Seconds{2e-3}, {}};

}  // namespace

TEST_CASE("a server that the others outvote is wrong, with its error and their number") {
    const Blame blame = who_is_wrong(four_with_a_liar(), agreed(3, 4), good_host);
    CHECK(blame.culprit == Culprit::server);
    CHECK(blame.subject == "ntp2");
    CHECK(blame.sentence == "server ntp2 is wrong by +840 ms ±4.0 ms (3 of 4 agree it is)");
}

TEST_CASE("a step with the delay unchanged is the server's, not the path's") {
    auto witnesses = four_with_a_liar();
    witnesses[1].changed = ServerChange{ServerChange::Kind::step, {}, 840ms, 0ms};
    const Blame blame = who_is_wrong(witnesses, agreed(3, 4), good_host);
    CHECK(blame.sentence.ends_with("; stepped +840 ms, delay unchanged: the server, not the path"));
}

TEST_CASE("an offset that came with a delay is the path's") {
    auto witnesses = four_with_a_liar();
    witnesses[1].error = 20ms;
    witnesses[1].changed = ServerChange{ServerChange::Kind::path, {}, 20ms, 40ms};
    const Blame blame = who_is_wrong(witnesses, agreed(3, 4), good_host);
    CHECK(blame.culprit == Culprit::path);
    CHECK(blame.subject == "ntp2");
}

TEST_CASE("servers that agree on another time than this host's bound allows blame the host") {
    const Blame blame = who_is_wrong(four_with_a_liar(), agreed(3, 4, -5s), good_host);
    CHECK(blame.culprit == Culprit::host);
    CHECK(blame.sentence == "this clock is 5.0 s ±2.0 ms fast (3 of 4 servers agree it is)");
}

TEST_CASE("an offset the daemon knows of and slews away is no contradiction") {
    CHECK_FALSE(contradicts(agreed(4, 4, 300ms), {Seconds{0.3}, Seconds{0.302}, {}}));
    CHECK(contradicts(agreed(4, 4, 300ms), good_host));
}

TEST_CASE("a daemon without a bound makes the quorum's word count alone") {
    CHECK(contradicts(agreed(4, 4, 300ms), {}));
    CHECK_FALSE(contradicts(agreed(4, 4, 1ms), {}));
}

TEST_CASE("without a majority nobody is blamed") {
    Consensus none;
    none.judged = 4;
    none.agreeing = 2;
    const Blame blame = who_is_wrong(four_with_a_liar(), none, good_host);
    CHECK(blame.culprit == Culprit::unknown);
    CHECK(blame.sentence.starts_with("the servers disagree: at most 2 of 4 agree"));
}

TEST_CASE("one server alone is neither right nor wrong") {
    Consensus alone;
    alone.judged = alone.agreeing = 1;
    const std::vector<Witness> one{witness("ntp1", Verdict::falseticker, 0ms)};
    const Blame blame = who_is_wrong(one, alone, good_host);
    CHECK(blame.culprit == Culprit::unknown);
    CHECK(blame.subject.empty());
    CHECK(blame.sentence == "one server answers; nothing else checks it");
}

TEST_CASE("when all fall silent at once it is this host's network") {
    std::vector<Witness> silent{witness("a", Verdict::unreachable, 0ms),
                                witness("b", Verdict::unreachable, 0ms)};
    const Blame blame = who_is_wrong(silent, {}, {});
    CHECK(blame.culprit == Culprit::path);
    CHECK(blame.subject.empty());
}
