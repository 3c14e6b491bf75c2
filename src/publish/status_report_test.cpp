#include "publish/status_report.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace clockwright;

namespace {

StatusReport report(Seconds bound, int agreeing) {
    StatusReport report;
    report.facts.state = DaemonState{};
    report.verdict.reachable = report.verdict.demonstrated = true;
    report.verdict.bound = ErrorBound{Seconds{3e-5}, bound - Seconds{3e-5}, Seconds{0}, Seconds{0}};
    report.verdict.agreeing = report.verdict.voting = agreeing;
    report.verdict.sentence = "the sentence";
    return report;
}

DaemonSource listed(const char* name, char state) {
    DaemonSource source;
    source.name = name;
    source.state = state;
    source.reach = 0377;
    return source;
}

}  // namespace

TEST_CASE("a good clock is one OK line with performance data") {
    const CheckAnswer answer = check_answer(report(Seconds{612e-6}, 5), {});
    CHECK(answer.code == 0);
    CHECK(answer.line ==
          "CLOCK OK - UTC within 620 µs |bound=0.000612000s;0.1;0.5 offset=0.000030000s "
          "agreeing=5;3:;2:\n");
}

TEST_CASE("limits of the bound and of the number of agreeing sources decide the code") {
    struct Row {
        double bound;
        int agreeing, code;
    };
    for (const Row& row : {Row{0.1, 5, 0}, Row{0.11, 5, 1}, Row{0.51, 5, 2}, Row{0.001, 2, 1},
                           Row{0.001, 1, 2}, Row{0.51, 2, 2}}) {
        CAPTURE(row.bound);
        CAPTURE(row.agreeing);
        CHECK(check_answer(report(Seconds{row.bound}, row.agreeing), {}).code == row.code);
    }
}

TEST_CASE("a daemon that follows one server is warned of, never an alarm for that alone") {
    StatusReport one = report(Seconds{1e-3}, 1);
    one.kind = DaemonKind::timesyncd;
    one.facts.state.emplace();
    one.facts.state->sources = {listed("asked", '*'), listed("waiting", ' ')};
    CHECK(check_answer(one, {}).code == 1);
    CheckLimits limits;
    limits.expected = {"asked", "waiting"};
    CHECK_FALSE(check_answer(one, limits).line.contains("waiting"));
    one.kind = DaemonKind::chrony;
    CHECK(check_answer(one, {}).code == 2);
}

TEST_CASE("small limits are written in digits, not with an exponent") {
    CheckLimits limits;
    limits.warning = Seconds{1e-6};
    limits.critical = Seconds{2};
    CHECK(check_answer(report(Seconds{1e-3}, 5), limits).line.find("s;0.000001;2 ") !=
          std::string::npos);
}

TEST_CASE("what is not demonstrated is critical, what does not answer is unknown") {
    StatusReport undemonstrated = report(Seconds{1e-3}, 5);
    undemonstrated.verdict.demonstrated = false;
    CHECK(check_answer(undemonstrated, {}).code == 2);
    StatusReport silent = report(Seconds{1e-3}, 5);
    silent.verdict.reachable = silent.verdict.demonstrated = false;
    const CheckAnswer answer = check_answer(silent, {});
    CHECK(answer.code == 3);
    CHECK(answer.line == "CLOCK UNKNOWN - the sentence\n");
}

TEST_CASE("a failed change is critical and an unfinished one a warning") {
    StatusReport failed = report(Seconds{1e-3}, 5);
    failed.last_change_failed = true;
    CHECK(check_answer(failed, {}).code == 2);
    StatusReport unfinished = report(Seconds{1e-3}, 5);
    unfinished.unfinished = "Found unfinished change 7f3c9c.";
    unfinished.daemon_text = "chrony";
    CHECK(check_answer(unfinished, {}).code == 1);
    CHECK(status_text(unfinished)
              .ends_with("Next: clockwright rollback last (heals what a crash left)\n"));
}

TEST_CASE("expected sources are counted by name, and a missing one is named") {
    StatusReport with_sources = report(Seconds{1e-3}, 5);
    with_sources.facts.state->sources = {listed("a", '*'), listed("b", 'x')};
    CheckLimits limits;
    limits.expected = {"a"};
    CHECK(check_answer(with_sources, limits).line.find("1/1 expected sources selectable") !=
          std::string::npos);
    limits.expected = {"a", "b"};
    const CheckAnswer answer = check_answer(with_sources, limits);
    CHECK(answer.code == 1);
    CHECK(answer.line.find("1/2 expected sources selectable, not b") != std::string::npos);
}

TEST_CASE("status as JSON has the contract's keys and null where nothing is known") {
    StatusReport silent;
    silent.verdict.sentence = "Not demonstrated: nobody there.";
    const auto json = nlohmann::json::parse(status_json(silent));
    for (const char* key : {"daemon", "demonstrated", "offset_seconds", "bound_seconds", "terms",
                            "condition", "sentence", "stratum", "sources"}) {
        CAPTURE(key);
        CHECK(json.contains(key));
    }
    CHECK(json["bound_seconds"].is_null());
    CHECK(json["terms"].is_null());
    CHECK(json["stratum"].is_null());
}

TEST_CASE("a server that waits its turn is not asked, one that was asked is silent") {
    StatusReport one = report(Seconds{1e-3}, 1);
    one.daemon_text = "timesyncd";
    one.facts.state->sources = {listed("asked", '?'), listed("waiting", ' ')};
    for (DaemonSource& source : one.facts.state->sources) source.reach = 0;
    const std::string text = status_text(one);
    CHECK(text.find("does not answer") < text.find("waiting"));
    CHECK(text.find("not asked") > text.find("waiting"));
    CHECK(text.find("does not answer", text.find("waiting")) == std::string::npos);
}

TEST_CASE("no line of the status is wider than 80 columns") {
    StatusReport wide = report(Seconds{1e-3}, 5);
    wide.verdict.sentence = std::string(60, 'x') + " " + std::string(60, 'y');
    wide.daemon_text =
        "chrony, pid 611; disciplines the clock; /etc/chrony/with/a/very/long/path/chrony.conf";
    wide.facts.state->sources = {
        listed("a-very-long-server-name.in.a.deep.domain.example.org", '*')};
    wide.facts.sources = {{"a-very-long-server-name.in.a.deep.domain.example.org",
                           "/etc/chrony/sources.d/clockwright.sources:12", Smear::none, "", false}};
    std::string text = status_text(wide);
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = text.find('\n', begin);
        const std::string line = text.substr(begin, end - begin);
        CAPTURE(line);
        std::size_t width = 0;
        for (const char octet : line)
            width += (static_cast<unsigned char>(octet) & 0xC0U) != 0x80U ? 1 : 0;
        CHECK(width <= 80);
        begin = end + 1;
    }
}

TEST_CASE("a daemon that is synced and tells no bound is unknown, neither well nor ill") {
    StatusReport untold = report(Seconds{1e-3}, 4);
    untold.verdict.demonstrated = false;
    untold.verdict.bound_untold = true;
    untold.verdict.bound.reset();
    const CheckAnswer answer = check_answer(untold, {});
    CHECK(answer.code == 3);
    CHECK(answer.line == "CLOCK UNKNOWN - the sentence |agreeing=4;3:;2:\n");
}

TEST_CASE("a host without a daemon is judged by the bound that the servers asked give it") {
    StatusReport none = report(Seconds{6e-3}, 4);
    none.facts.no_daemon = true;
    none.daemon_text = "none is set up";
    none.facts.state.reset();
    none.verdict.reachable = false;
    CHECK(check_answer(none, {}).code == 3);  // nobody knows anything
    none.verdict.by_quorum = true;
    CHECK(check_answer(none, {}).code == 0);
    CheckLimits strict;
    strict.warning = Seconds{1e-3};
    CHECK(check_answer(none, strict).code == 1);
    CHECK(check_answer(none, {}).line.contains("bound=0.006"));
    const auto json = nlohmann::json::parse(status_json(none));
    CHECK(json["daemon"] == "none");
    CHECK(json["bound_seconds"] == 6e-3);
    const std::string text = status_text(none);
    CHECK(text.contains("what the servers asked may be off by"));
    CHECK(text.ends_with("Look closer: clockwright drift\n"));
}

TEST_CASE("details tell the daemons and the provenance; without them the document has neither") {
    StatusReport status = report(Seconds{1e-3}, 5);
    status.daemon_text = "chrony";
    CHECK_FALSE(nlohmann::json::parse(status_json(status)).contains("provenance"));
    DaemonPresence chrony;
    chrony.unit = "chrony.service";
    chrony.installed = chrony.masked = true;
    status.details =
        StatusDetails{{chrony},
                      {{"a.e", "/etc/chrony/chrony.conf", 3, "configuration", "in use", ""},
                       {"b.e", "/etc/more/b.sources", 1, "drop-in", "shadowed",
                        "/run/b.sources has the same name"}}};
    const auto json = nlohmann::json::parse(status_json(status));
    CHECK(json["provenance"][0]["file"] == "/etc/chrony/chrony.conf");
    CHECK(json["provenance"][0]["why"].is_null());
    CHECK(json["provenance"][1]["effect"] == "shadowed");
    CHECK(json["daemons"][0]["masked"] == true);
    const auto text = status_text(status);
    CHECK(text.contains("chrony.service: masked, does not run"));
    CHECK(text.contains("/etc/more/b.sources:1"));
    CHECK(text.contains("    /run/b.sources has the same name\n"));
}
