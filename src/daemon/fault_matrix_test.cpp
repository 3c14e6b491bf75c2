// Every dialect, every moment of a change, every kind of injury: never a half state, and what is
// told is true. The table in docs/faults.md is what this test counts.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "tests/fakes/plan_case.h"

using namespace clockwright;
using namespace clockwright::fakes;

namespace {

/// The same bad configuration in each daemon's words: one of two servers lies.
struct Case {
    DaemonKind kind;
    std::string name, main, text;
};

const std::vector<Case>& cases() {
    static const std::vector<Case> all{
        {DaemonKind::chrony, "chrony", "/etc/chrony/chrony.conf",
         "server liar iburst\nserver ntp1 iburst\nsourcedir /etc/chrony/sources.d\n"},
        {DaemonKind::chrony, "chrony, restarted", "/etc/chrony/chrony.conf",
         "server liar iburst\nserver ntp1 iburst\nconfdir /etc/chrony/conf.d\n"
         "sourcedir /etc/chrony/sources.d\n"},
        {DaemonKind::ntpsec, "ntpsec", "/etc/ntpsec/ntp.conf",
         "server liar iburst\nserver ntp1 iburst\n"},
        {DaemonKind::timesyncd, "timesyncd", "/etc/systemd/timesyncd.conf",
         "[Time]\nNTP=liar ntp1\n"},
        {DaemonKind::openntpd, "openntpd", "/etc/openntpd/ntpd.conf", "server liar\nserver ntp1\n"},
        {DaemonKind::ntpd_rs, "ntpd-rs", "/etc/ntpd-rs/ntp.toml",
         "[observability]\nobservation-path = \"/run/ntpd-rs/observe\"\n\n"
         "[[source]]\nmode = \"server\"\naddress = \"liar\"\n\n"
         "[[source]]\nmode = \"server\"\naddress = \"ntp1\"\n"}};
    return all;
}

/// A host with that configuration, and the change that would mend it.
struct Scene {
    DaemonWorld world;
    Plan plan;
    std::map<std::string, FileState> before, after;
    int effects = 0;  ///< of a run that nothing disturbs

    explicit Scene(const Case& one) {
        world.kind = one.kind;
        world.main = one.main;
        for (const auto* number : {"1", "2", "3", "4"})
            world.add_server(std::string("ntp") + number, std::string("10.0.0.") + number);
        world.add_server("liar", "10.0.0.66", 'x');
        world.put(one.main, one.text);
        world.boot();
        before = world.files();
        auto wanted = plan_case(world, {"ntp1", "ntp2", "ntp3", "ntp4"});
        wanted.settings.takeover = wanted.settings.allow_restart = true;
        auto made = wanted.make();
        REQUIRE_MESSAGE(made, made.error().message);
        REQUIRE(made->change);
        plan = *made;
        plan.id = "7f3c9a";
        auto copy = world;
        Apply machine(plan, {*copy.state()}, {});
        const auto run = drive(machine, copy);
        REQUIRE(run.outcome);
        REQUIRE_MESSAGE(run.outcome->kind == OutcomeKind::applied, run.outcome->reason);
        after = copy.files();
        effects = run.effects;
    }
};

enum class Injury { kill, no_space, read_only, no_access, dead, hung, edited };
constexpr const char* injury_names[] = {
    "kill -9",     "disk full (ENOSPC)", "read-only (EROFS)",           "no right (EACCES)",
    "daemon dies", "daemon hangs",       "file changed by another hand"};
constexpr const char* their_line = "# edited by another hand\n";

/// What the host does while it is injured.
class Injured {
  public:
    DaemonWorld world;

    Injured(const Scene& scene, Injury injury)
        : world(scene.world), scene_(scene), injury_(injury) {
        world.before_action = [this](const Action& action) { return allowed(action); };
    }

    /// From this moment on.
    void strike() {
        struck_ = true;
        fresh_ = true;
        if (injury_ != Injury::edited) return;
        world.put(world.main, world.read(world.main).content + their_line);
    }

    void cure() { struck_ = false; }

    Result<DaemonState> state() const {
        const bool old_files = world.files() == scene_.before;
        const bool silent = injury_ == Injury::dead || injury_ == Injury::hung;
        if (struck_ && silent && !old_files)
            return fail(Fault::unreachable, "the daemon does not answer");
        return world.state();
    }

  private:
    Result<void> allowed(const Action& action) {
        if (!struck_) return {};
        const bool old_files = world.files() == scene_.before;
        if (std::holds_alternative<WriteFile>(action)) {
            const bool once = std::exchange(fresh_, false);
            if (injury_ == Injury::read_only) return fail("read-only file system");
            if (injury_ == Injury::no_space && once) return fail("no space left on device");
            if (injury_ == Injury::no_access && once) return fail("permission denied");
        } else if (injury_ == Injury::dead && !old_files) {
            return fail("the daemon ended");  // of the new files: with the old ones it lives
        }
        return {};
    }

    const Scene& scene_;
    Injury injury_;
    bool struck_ = false, fresh_ = false;
};

ApplyEvent answer_injured(Injured& injured, Run& run, const ApplyEffect& effect) {
    if (std::holds_alternative<AskDaemon>(effect)) return DaemonAnswered{injured.state()};
    return answer(injured.world, run, effect);
}

/// Strikes after `moment` effects were answered; a killed machine is dropped there.
Run drive_injured(Apply& machine, Injured& injured, Injury injury, int moment) {
    Run run;
    auto effect = machine.begin(injured.world.now);
    while (run.effects < 10'000) {
        if (const auto* outcome = std::get_if<Outcome>(&effect)) {
            run.outcome = *outcome;
            return run;
        }
        if (run.effects == moment) {
            if (injury == Injury::kill) return run;
            injured.strike();
        }
        ++run.effects;
        const auto event = answer_injured(injured, run, effect);
        effect = machine.next(event, injured.world.now);
    }
    FAIL("it never ends");
    return run;
}

struct Count {
    int moments = 0, old_state = 0, new_state = 0, healed = 0, left_alone = 0;
};

std::map<std::string, FileState> without_theirs(std::map<std::string, FileState> files,
                                                const std::string& main) {
    auto& content = files[main].content;
    if (const auto at = content.find(their_line); at != std::string::npos)
        content.erase(at, std::string_view(their_line).size());
    files[main] = file(main, content);
    return files;
}

void heal(const Scene& scene, Injured& injured, const Run& run, Count& count) {
    injured.cure();
    auto healing = Apply::healing(scene.plan, run.begun(), {*scene.world.state()}, {});
    const auto healed = drive(healing, injured.world);
    REQUIRE(healed.outcome);
    CHECK_MESSAGE(healed.outcome->kind == OutcomeKind::rolled_back, healed.outcome->reason);
    CHECK(injured.world.files() == scene.before);
    CHECK(injured.world.listed() == scene.world.listed());
    ++count.healed;
}

/// What must hold after any run, however it was struck.
void judge(const Scene& scene, Injured& injured, Injury injury, const Run& run, Count& count) {
    ++count.moments;
    const auto files = injured.world.files();
    if (!run.outcome) return heal(scene, injured, run, count);
    CAPTURE(run.outcome->reason);
    const bool theirs = injury == Injury::edited &&
                        injured.world.read(injured.world.main).content.contains(their_line);
    const auto ours = theirs ? without_theirs(files, injured.world.main) : files;
    switch (run.outcome->kind) {
        case OutcomeKind::applied:
            CHECK(ours == scene.after);
            ++count.new_state;
            break;
        case OutcomeKind::rolled_back:
            CHECK(run.outcome->verified);
            CHECK(files == scene.before);
            CHECK(injured.world.listed() == scene.world.listed());
            ++count.old_state;
            break;
        case OutcomeKind::refused:
            CHECK(ours == scene.before);
            ++count.old_state;
            break;
        case OutcomeKind::failed:
            CHECK_FALSE(run.outcome->reason.empty());
            if (run.outcome->before_first_step) {
                CHECK(ours == scene.before);
                ++count.old_state;
            } else if (injury == Injury::edited) {
                CHECK(theirs);  // their edit is never lost; that it is left alone is said
                CHECK(run.outcome->reason.contains("another hand"));
                ++count.left_alone;
            } else {
                CHECK(run.outcome->left_open);
                heal(scene, injured, run, count);
            }
            break;
        case OutcomeKind::unchanged:
            FAIL("it was not unchanged");
    }
}

std::string row(const std::string& name, Injury injury, const Count& count) {
    return fmt::format("| {} | {} | {} | {} | {} | {} | {} |", name,
                       injury_names[static_cast<int>(injury)], count.moments, count.old_state,
                       count.new_state, count.healed, count.left_alone);
}

}  // namespace

TEST_CASE("no injury at any moment of a change leaves a half state, and the table is true") {
    std::ifstream document(CLOCKWRIGHT_SOURCE_DIR "/docs/faults.md");
    const std::string text{std::istreambuf_iterator<char>(document), {}};
    for (const Case& one : cases()) {
        const Scene scene(one);
        for (const Injury injury :
             {Injury::kill, Injury::no_space, Injury::read_only, Injury::no_access, Injury::dead,
              Injury::hung, Injury::edited}) {
            Count count;
            for (int moment = 0; moment < scene.effects; ++moment) {
                CAPTURE(one.name);
                CAPTURE(injury_names[static_cast<int>(injury)]);
                CAPTURE(moment);
                Injured injured(scene, injury);
                Apply machine(scene.plan, {*injured.world.state()}, {});
                const auto run = drive_injured(machine, injured, injury, moment);
                judge(scene, injured, injury, run, count);
            }
            CHECK_MESSAGE(text.contains(row(one.name, injury, count)),
                          row(one.name, injury, count));
        }
    }
}
