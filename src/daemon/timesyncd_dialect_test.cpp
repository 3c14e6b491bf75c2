#include "daemon/timesyncd_dialect.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <set>

#include "daemon/verify.h"
#include "tests/fakes/golden_tree.h"

using namespace clockwright;

namespace {

constexpr const char* main_file = "/etc/systemd/timesyncd.conf";
constexpr const char* own_file = "/etc/systemd/timesyncd.conf.d/50-clockwright.conf";

using Names = std::vector<std::string>;

std::string digest(std::string_view text) {
    return text.empty() ? "" : fmt::format("{:x}", std::hash<std::string_view>{}(text));
}

/// A host with these files whose timesyncd lists what they say; a … e are candidates, best first.
struct Case {
    GoldenTree tree;
    std::set<std::string> chosen;
    bool takeover = false;
    std::vector<std::string> restart{"/usr/bin/systemctl", "restart", "systemd-timesyncd"};
    Seconds consensus{};
    Found found{};

    Result<Plan> plan() {
        found.config = *dialect_of(DaemonKind::timesyncd).parse(main_file, tree.reader());
        found.state.kind = DaemonKind::timesyncd;
        for (const auto& line : found.config.sources) {
            found.state.sources.emplace_back().name = line.name;
            found.state.sources.back().fallback = line.fallback;
        }
        for (const auto& path : found.config.files) found.files.push_back(file(path));
        found.own = file(own_file);
        Selection selection;
        selection.consensus.majority = true;
        selection.consensus.offset = consensus;
        std::vector<Candidate> candidates;
        for (const auto* name : {"a", "b", "c", "d", "e"}) {
            Candidate candidate;
            candidate.source.host.name = candidate.source.as_written = name;
            for (const auto& line : found.config.sources)
                if (line.name == name)
                    candidate.membership =
                        line.ours || line.fallback ? Membership::ours : Membership::foreign;
            Assessment assessment;
            assessment.chosen = chosen.contains(name);
            assessment.stats.emplace().expected_error =
                Seconds{static_cast<double>(candidates.size())};
            if (assessment.chosen) selection.ensemble.members.push_back(candidates.size());
            candidates.push_back(candidate);
            selection.assessments.push_back(assessment);
        }
        PlanSettings settings;
        settings.takeover = takeover;
        settings.restart = restart;
        settings.config_file = main_file;
        settings.sha256 = digest;
        return make_plan(found, candidates, selection,
                         {.change = true, .reason = "better", .have = 1, .need = 1}, settings, {});
    }

    FileState file(const std::string& path) const {
        FileState state;
        state.path = path;
        const auto present = tree.files.find(path);
        state.exists = present != tree.files.end();
        if (state.exists) state.content = present->second;
        state.sha256 = digest(state.content);
        return state;
    }
};

Case host(std::map<std::string, std::string> files, std::set<std::string> chosen,
          bool takeover = false) {
    return {{"", "", std::move(files)}, std::move(chosen), takeover};
}

/// What the plan writes into our file; it writes no other.
std::string written(const Plan& plan) {
    std::string text;
    for (const auto& action : plan.steps.at(0).actions)
        if (const auto* write = std::get_if<WriteFile>(&action)) {
            CHECK(write->after.path == own_file);
            text = write->after.content;
        }
    return text;
}

std::string notes_of(const Plan& plan) {
    return fmt::format("{}", fmt::join(plan.notes, "\n"));
}

const std::string head = "# Clockwright wrote this file and replaces it as a whole.\n[Time]\n";

}  // namespace

TEST_CASE("our servers are a drop-in, best first, and what was before is reset") {
    auto one = host({{main_file, "[Time]\n#NTP=\n"}}, {"c", "a", "b"});
    const auto plan = one.plan();
    REQUIRE_MESSAGE(plan, plan.error().message);
    CHECK(written(*plan) == head + "NTP=\nNTP=a b c\n");
    CHECK(plan->restart);
    CHECK(plan->add == Names{"a", "b", "c"});
    REQUIRE(plan->steps.size() == 1);
    CHECK(std::holds_alternative<RestartDaemon>(plan->steps[0].actions.back()));
    CHECK(std::holds_alternative<RestartDaemon>(plan->steps[0].undo.back()));
    CHECK(plan->steps[0].expect.minimum == 1);
    CHECK(notes_of(*plan).contains("no agreement can be claimed"));
    CHECK(dialect_of(DaemonKind::timesyncd)
              .is_own_write(std::get<WriteFile>(plan->steps[0].actions[0])));
}

TEST_CASE("foreign servers that stay are not reset, and the plan says that they come first") {
    auto one = host({{main_file, "[Time]\nNTP=x d\n"}}, {"a", "b", "d"});
    const auto plan = one.plan();
    REQUIRE_MESSAGE(plan, plan.error().message);
    CHECK(written(*plan) == head + "NTP=a b\n");
    CHECK(plan->keep == Names{"d", "x"});
    CHECK(plan->remove.empty());
    CHECK(notes_of(*plan).contains("it asks x (/etc/systemd/timesyncd.conf:2), d "));
    CHECK(notes_of(*plan).contains("--takeover puts ours in their place"));
}

TEST_CASE("takeover resets what is before ours, also what stays wanted, and edits no other file") {
    auto one = host({{main_file, "[Time]\nNTP=x d\n"},
                     {"/usr/lib/systemd/timesyncd.conf.d/20-vendor.conf", "[Time]\nNTP=y\n"}},
                    {"a", "b", "d"}, true);
    one.found.not_writable["/usr/lib/systemd/timesyncd.conf.d"] = "read-only file system";
    const auto plan = one.plan();
    REQUIRE_MESSAGE(plan, plan.error().message);
    CHECK(written(*plan) == head + "NTP=\nNTP=a b d\n");
    CHECK(plan->add == Names{"a", "b"});
    CHECK(plan->keep == Names{"d"});
    CHECK(plan->remove == Names{"x", "y"});
    CHECK(plan->taken_over.front() == "/etc/systemd/timesyncd.conf:2  x");
    for (const auto& source : plan->steps[0].expect.sources) CHECK(source.added);
    CHECK(plan->steps[0].expect.sources.size() == 3);
}

TEST_CASE("what is read after our file stays there in spite of takeover") {
    auto one = host({{main_file, "[Time]\nNTP=x\n"},
                     {"/etc/systemd/timesyncd.conf.d/cloud-init.conf", "[Time]\nNTP=y\n"}},
                    {"a", "b"}, true);
    const auto plan = one.plan();
    REQUIRE_MESSAGE(plan, plan.error().message);
    CHECK(written(*plan) == head + "NTP=\nNTP=a b\n");
    CHECK(plan->keep == Names{"y"});
    CHECK(notes_of(*plan).contains(
        "y (/etc/systemd/timesyncd.conf.d/cloud-init.conf:2): read after " +
        std::string(own_file)));
}

TEST_CASE("a lease before ours keeps all that could be reset") {
    auto one = host({{main_file, "[Time]\nNTP=x\n"},
                     {"/run/systemd/timesyncd.conf.d/01-dhcp.conf", "[Time]\nNTP=y\n"}},
                    {"a", "b"}, true);
    const auto plan = one.plan();
    REQUIRE_MESSAGE(plan, plan.error().message);
    CHECK(written(*plan) == head + "NTP=a b\n");
    CHECK(plan->keep == Names{"x", "y"});
    CHECK(notes_of(*plan).contains("01-dhcp.conf:2 is a lease"));
}

TEST_CASE("fallback servers yield by themselves") {
    auto one = host({{main_file, "[Time]\nFallbackNTP=x d\n"}}, {"a", "d"});
    const auto plan = one.plan();
    REQUIRE_MESSAGE(plan, plan.error().message);
    CHECK(written(*plan) == head + "NTP=\nNTP=a d\n");
    CHECK(plan->steps[0].expect.sources.size() == 2);
}

TEST_CASE("the same set again is no change, and less of it a smaller file") {
    const std::map<std::string, std::string> files{{main_file, "[Time]\nNTP=x\n"},
                                                   {own_file, head + "NTP=\nNTP=a b c\n"}};
    CHECK_FALSE(host(files, {"a", "b", "c"}).plan()->change);
    const auto fewer = host(files, {"a", "c"}).plan();
    REQUIRE_MESSAGE(fewer, fewer.error().message);
    CHECK(written(*fewer) == head + "NTP=\nNTP=a c\n");
    CHECK(fewer->remove == Names{"b"});
    const auto none = host({{main_file, "[Time]\nNTP=d\n"}, {own_file, head + "NTP=a\n"}}, {"d"});
    const auto emptied = Case(none).plan();
    REQUIRE_MESSAGE(emptied, emptied.error().message);
    CHECK(written(*emptied) == head);
}

TEST_CASE("a change that could not hold is refused") {
    auto reset = host({{"/etc/systemd/timesyncd.conf.d/90-policy.conf", "[Time]\nNTP=\nNTP=x\n"}},
                      {"a", "b"});
    CHECK(reset.plan().error().fault == Fault::refused);
    CHECK(reset.plan().error().message.contains("90-policy.conf:2 empties the list"));
    CHECK(reset.plan().error().message.contains("[Time]\nNTP=\nNTP=a b\n"));

    auto mute = host({}, {"a", "b"});
    mute.restart.clear();
    CHECK(mute.plan().error().message.contains("[daemon] restart names no command"));

    auto wrong = host({}, {"a", "b"});
    wrong.consensus = Seconds{0.3};
    CHECK(wrong.plan().error().message.contains("its start could step the clock"));
}

TEST_CASE("a server with a port or keys cannot be named") {
    SourceLine line;
    line.name = "a";
    line.port = 1123;
    CHECK(why_not_written(line, traits_of(DaemonKind::timesyncd)) ==
          "systemd-timesyncd asks port 123 only, not 1123");
}
