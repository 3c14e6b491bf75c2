#include "publish/agent_word.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

const WallTime noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h};

Snapshot with_a_wrong_server() {
    Snapshot snapshot;
    snapshot.at = noon;
    snapshot.mode = "fast";
    snapshot.blame = {Culprit::server, "ntp2", "server ntp2 is wrong by +840 ms"};
    Alert alert;
    alert.rule = "server_wrong";
    alert.subject = "ntp2";
    alert.state = AlertState::firing;
    alert.text = "ntp2 is wrong";
    alert.since = noon - 5min;
    Alert pending = alert;
    pending.state = AlertState::pending;
    snapshot.alerts = {alert, pending};
    return snapshot;
}

}  // namespace

TEST_CASE("the agent's word is read back with its age") {
    const auto note = read_agent_word(agent_word_json(with_a_wrong_server()), noon + 12s);
    REQUIRE(note);
    CHECK(note->blame == with_a_wrong_server().blame);
    REQUIRE(note->firing.size() == 1);  // what is pending was told nobody
    CHECK(note->firing[0].rule == "server_wrong");
    CHECK(note->firing[0].since == noon - 5min);
    CHECK_FALSE(note->stale);
    CHECK(agent_text(*note) == "mode fast, 12 s ago; server ntp2 is wrong by +840 ms");
}

TEST_CASE("half of one word and half of the next are none") {
    Snapshot snapshot = with_a_wrong_server();
    const std::string before = agent_word_json(snapshot);
    snapshot.at += 4s;
    const std::string after = agent_word_json(snapshot);
    REQUIRE(before.size() == after.size());
    const std::size_t first_difference =
        static_cast<std::size_t>(std::ranges::mismatch(before, after).in1 - before.begin());
    for (const std::size_t at : {first_difference + 1, before.size() / 2, before.size() - 40}) {
        CAPTURE(at);
        CHECK_FALSE(read_agent_word(after.substr(0, at) + before.substr(at), noon));
        CHECK_FALSE(read_agent_word(before.substr(0, at) + after.substr(at), noon));
    }
    CHECK(read_agent_word(after + "        ", noon));
}

TEST_CASE("a silence over what is told of a server covers its blame") {
    Snapshot snapshot = with_a_wrong_server();
    CHECK_FALSE(read_agent_word(agent_word_json(snapshot), noon)->blame_silenced);
    snapshot.alerts[0].silenced = true;
    const auto word = read_agent_word(agent_word_json(snapshot), noon);
    CHECK(word->blame_silenced);
    CHECK(word->firing.empty());
}

TEST_CASE("what the servers asked agree on is told with its age") {
    Snapshot snapshot = with_a_wrong_server();
    CHECK_FALSE(read_agent_word(agent_word_json(snapshot), noon)->quorum);
    snapshot.status.facts.quorum = QuorumWord{{.offset = Seconds{0.002},
                                               .bound = Seconds{0.003},
                                               .agreeing = 4,
                                               .judged = 5,
                                               .authenticated = 2,
                                               .age = Seconds{6}},
                                              Seconds{10},
                                              Ppm{100},
                                              "time.google.com"};
    const auto word = read_agent_word(agent_word_json(snapshot), noon + 12s);
    REQUIRE(word->quorum);
    CHECK(word->quorum->bound.offset == Seconds{0.002});
    CHECK(word->quorum->bound.bound == Seconds{0.003});
    CHECK(word->quorum->bound.agreeing == 4);
    CHECK(word->quorum->bound.judged == 5);
    CHECK(word->quorum->bound.authenticated == 2);
    CHECK(word->quorum->bound.age == Seconds{6});
    CHECK(word->quorum->told.count() == doctest::Approx(22));
    CHECK(word->quorum->drift == Ppm{100});
    CHECK(word->quorum->smears == "time.google.com");
}

TEST_CASE("a word older than three cycles says nothing") {
    const std::string text = agent_word_json(with_a_wrong_server());
    CHECK_FALSE(read_agent_word(text, noon + 192s)->stale);
    const auto old = read_agent_word(text, noon + 193s);
    CHECK(old->stale);
    CHECK(agent_text(*old) == "its last word is 3 min 13 s old: it hangs or was killed");
    CHECK(read_agent_word(text, noon - 1h)->stale);  // from the future: the clock went back
}

TEST_CASE("the word of a dead agent hides no living one's; of dead ones the newest counts") {
    const auto word = [](WallTime at, const char* mode) {
        Snapshot snapshot = with_a_wrong_server();
        snapshot.at = at;
        snapshot.mode = mode;
        return agent_word_json(snapshot);
    };
    const std::string dead = word(noon - 2h, "lazy"), older = word(noon - 3h, "normal"),
                      alive = word(noon, "fast");
    const auto last = [](std::vector<std::string> texts) {
        const auto found = last_word(texts, noon + 12s);
        return found ? found->mode : std::string{};
    };
    CHECK(last({dead, alive}) == "fast");
    CHECK(last({alive, dead}) == "fast");
    CHECK(last({older, "{", dead}) == "lazy");
    CHECK(last({"{"}).empty());
}

TEST_CASE("what is silenced fires for nobody") {
    Snapshot snapshot = with_a_wrong_server();
    for (Alert& alert : snapshot.alerts) alert.silenced = true;
    const auto note = read_agent_word(agent_word_json(snapshot), noon);
    REQUIRE(note);
    CHECK(note->firing.empty());
}

TEST_CASE("what is no such text is refused") {
    for (const char* text :
         {"", "{", "[]", "{}", R"({"version": 9})", R"({"version": 1, "at": 5})"}) {
        CAPTURE(text);
        CHECK_FALSE(read_agent_word(text, noon));
    }
}
