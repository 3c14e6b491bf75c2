// kill -9 after every line of the journal, of a change and of its healing: what heals next leaves
// files and chronyd as they were. Every crash has a host of its own, so that all run at once.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/decision.h"
#include "app/exit_code.h"
#include "app/transaction.h"
#include "app/verbs.h"
#include "daemon/verify.h"
#include "system/chrony_socket.h"
#include "system/local_host.h"
#include "system/wait.h"
#include "tests/fakes/lab_process.h"
#include "tests/fakes/temporary_directory.h"
#include "tests/live/private_chronyd.h"

using namespace clockwright;

namespace {

constexpr std::uint16_t port = 31123;
constexpr std::uint8_t honest[] = {1, 2, 3, 4};
constexpr std::uint8_t liars[] = {8, 9};

/// Four servers that agree, and two that are wrong by 840 ms.
lab::World world() {
    lab::World world{.title = "crash", .port = port, .seed = 1, .servers = {}};
    const auto add = [&](std::uint8_t host, Seconds offset) {
        lab::ServerSpec server;
        server.name = fmt::format("s{}", host);
        server.operator_name = fmt::format("op{}", host);
        server.endpoint = {private_loopback(host), port};
        server.offset = offset;
        world.servers.push_back(server);
    };
    for (const std::uint8_t host : honest) add(host, Seconds{0});
    for (const std::uint8_t host : liars) add(host, Seconds{0.84});
    return world;
}

/// Where the wrong servers stand that the change puts away.
enum class Change { replaces_our_own, takes_over_foreign };

/// All that must be as before when a change is undone.
struct Evidence {
    std::map<std::string, std::string> files;  ///< path → mode and content
    std::vector<std::string> listed;           ///< what chronyd lists, by name
    friend bool operator==(const Evidence&, const Evidence&) = default;
};

/// A chronyd that follows the liars, its files, and our settings for it.
class CrashHost {
  public:
    CrashHost(const std::string& chronyd, Change change)
        : change_(change), daemon_(chronyd, write_files()), context_(make_context()) {
        for (int i = 0; i < 100 && listed().size() != std::size(liars); ++i) {
            system::wait(Seconds{0.1});
        }
        REQUIRE(listed().size() == std::size(liars));
    }

    const app::Context& context() const { return context_; }

    Evidence evidence() const {
        Evidence evidence{{}, listed()};
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(directory_ / "etc")) {
            const std::string path = entry.path().string();
            if (!entry.is_regular_file() || path.ends_with(".clockwright.lock")) continue;
            struct stat status{};
            ::stat(path.c_str(), &status);
            evidence.files[path] = fmt::format("{:o} {}", status.st_mode, read(path));
        }
        return evidence;
    }

  private:
    std::string config_file() const { return directory_ / "etc/chrony.conf"; }
    std::string control() const { return directory_ / "run/chronyd.sock"; }

    static std::string read(const std::string& path) {
        return system::LocalHost().read(path).value().content;
    }

    static std::string hosts() {
        std::string list;
        for (const std::uint8_t host : honest) {
            list += fmt::format("\"{}:{}\",", to_string(private_loopback(host)), port);
        }
        return list;
    }

    app::Context make_context() const {
        const std::string settings = fmt::format(
            "[state]\ndirectory = \"{}\"\n[daemon]\nconfig = \"{}\"\ncontrol = \"{}\"\n"
            "[candidates]\nhosts = [{}]\ndiscover = false\n[apply]\nverify_timeout = \"40s\"\n",
            directory_ / "state", config_file(), control(), hosts());
        app::Context context;
        context.config = app::read_config({{"crash.toml", settings}}).value();
        context.command.quiet = true;
        context.command.samples = 3;
        context.command.spacing = Seconds{0.1};
        context.command.takeover = change_ == Change::takes_over_foreign;
        return context;
    }

    /// Returns the path of the configuration file.
    std::string write_files() const {
        directory_.make_directory("etc/sources.d");
        directory_.make_directory("run");
        ::chmod((directory_ / "run").c_str(), 0750);
        std::string lines;
        for (const std::uint8_t host : liars) {
            lines +=
                fmt::format("server {} port {} iburst\n", to_string(private_loopback(host)), port);
        }
        const bool ours = change_ == Change::replaces_our_own;
        if (ours) directory_.write("etc/sources.d/clockwright.sources", lines);
        directory_.write(
            "etc/chrony.conf",
            fmt::format("{}sourcedir {}\nbindcmdaddress {}\ncmdport 0\nport 0\npidfile {}\n",
                        ours ? "" : lines, directory_ / "etc/sources.d", control(),
                        directory_ / "run/chronyd.pid"));
        return config_file();
    }

    std::vector<std::string> listed() const {
        std::vector<std::string> names;
        auto socket = system::ChronySocket::open({control()});
        const auto state = socket ? socket->read_state() : std::unexpected(socket.error());
        if (state) names = listed_names(*state);
        return names;
    }

    Change change_;
    TemporaryDirectory directory_;
    PrivateChronyd daemon_;
    app::Context context_;
};

/// What is done to a host, observed at every journal line; gives what came of it.
using Act = std::function<Result<app::Done>(const app::Context&, app::AfterJournal)>;

Result<app::Transaction> begin(const app::Context& context, app::AfterJournal after_journal) {
    const system::LocalHost host;
    const app::DaemonView view = TRY(app::view_daemon(context.config, host));
    app::Transaction transaction = TRY(app::Transaction::begin(context, view.place));
    transaction.observe(std::move(after_journal));
    return transaction;
}

Result<app::Done> change(const app::Context& context, app::AfterJournal after_journal) {
    const app::Decision decision = TRY(app::make_decision(context));
    if (decision.no) return std::unexpected(*decision.no);
    app::Transaction transaction = TRY(begin(context, std::move(after_journal)));
    return transaction.run(decision.plan, "crash test");
}

Result<app::Done> heal(const app::Context& context, app::AfterJournal after_journal) {
    app::Transaction transaction = TRY(begin(context, std::move(after_journal)));
    const auto healed = TRY(transaction.heal());
    if (!healed) return fail("nothing to heal");
    return *healed;
}

Result<app::Done> take_back(const app::Context& context, app::AfterJournal after_journal) {
    const auto view = TRY(app::view_daemon(context.config, system::LocalHost()));
    app::Transaction transaction = TRY(begin(context, std::move(after_journal)));
    const store::Change last = TRY(transaction.journal().find("last"));
    Plan plan = rollback_plan(last.plan, "rollback of " + last.id);
    plan.daemon_sources = listed_names(*view.state);
    plan.id = app::plan_id(plan);
    return transaction.run(plan, "crash test", Baseline{*view.state});
}

/// Begins `act` in a process that kills itself once the journal has its line number `line`.
pid_t begin_to_crash(const CrashHost& host, const Act& act, int line) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        int written = 0;
        const auto done = act(host.context(), [&](const JournalLine&) {
            if (written++ == line) ::kill(::getpid(), SIGKILL);
        });
        if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
        ::_exit(1);
    }
    return child;
}

void check_crashed(pid_t child) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGKILL);
}

/// Acts without a crash; the number of lines it journals.
int lines_of(const CrashHost& host, const Act& act, OutcomeKind wanted) {
    int lines = 0;
    const auto done = act(host.context(), [&](const JournalLine&) { ++lines; });
    REQUIRE_MESSAGE(done.has_value(), done.error().message);
    REQUIRE_MESSAGE(done->outcome.kind == wanted, done->outcome.reason);
    CHECK(done->outcome.verified);
    return lines;
}

/// Heals what a crash left, and finds all as it was and nothing unfinished.
void check_healed(const CrashHost& host, const Evidence& before) {
    lines_of(host, heal, OutcomeKind::rolled_back);
    const Evidence after = host.evidence();
    CHECK(after.files == before.files);
    CHECK(after.listed == before.listed);
    const auto journal = store::Journal::open_to_read(host.context().config.state.directory);
    REQUIRE(journal);
    const auto unfinished = journal->unfinished();
    REQUIRE(unfinished);
    CHECK_FALSE(unfinished->has_value());
}

/// One of many hosts, and how it was before its crash.
struct Crash {
    Crash(const std::string& chronyd, Change change)
        : host(std::make_unique<CrashHost>(chronyd, change)), before(host->evidence()) {}

    std::unique_ptr<CrashHost> host;
    Evidence before;
    pid_t child = -1;
};

/// As many hosts as `act` journals lines, host n in a crash at line n.
void crash_at_every_line(std::vector<Crash>& crashes, const Act& act) {
    for (std::size_t line = 0; line < crashes.size(); ++line) {
        crashes[line].child = begin_to_crash(*crashes[line].host, act, static_cast<int>(line));
    }
    for (std::size_t line = 0; line < crashes.size(); ++line) {
        CAPTURE(line);
        check_crashed(crashes[line].child);
    }
}

std::vector<Crash> hosts(int count, const std::string& chronyd, Change change) {
    std::vector<Crash> crashes;
    for (int i = 0; i < count; ++i) crashes.emplace_back(chronyd, change);
    return crashes;
}

}  // namespace

TEST_CASE("a change killed at any line of its journal is healed") {
    const std::string chronyd = chronyd_or_skip();
    const LabProcess lab(world());
    for (const Change kind : {Change::replaces_our_own, Change::takes_over_foreign}) {
        CAPTURE(static_cast<int>(kind));
        const int lines = lines_of(CrashHost(chronyd, kind), change, OutcomeKind::applied);
        REQUIRE(lines >= 8);  // two steps, two actions each
        std::vector<Crash> crashes = hosts(lines, chronyd, kind);
        crash_at_every_line(crashes, change);
        for (std::size_t line = 0; line < crashes.size(); ++line) {
            CAPTURE(line);
            check_healed(*crashes[line].host, crashes[line].before);
        }
    }
}

TEST_CASE("a healing killed at any line of its journal is healed by the next one") {
    const std::string chronyd = chronyd_or_skip();
    const LabProcess lab(world());
    constexpr Change kind = Change::replaces_our_own;
    const int last = lines_of(CrashHost(chronyd, kind), change, OutcomeKind::applied) - 1;
    const auto leave_unhealed = [&](std::vector<Crash>& crashes) {
        for (Crash& crash : crashes) crash.child = begin_to_crash(*crash.host, change, last);
        for (const Crash& crash : crashes) {
            check_crashed(crash.child);
            CHECK_FALSE(crash.host->evidence() == crash.before);
        }
    };
    std::vector<Crash> first = hosts(1, chronyd, kind);
    leave_unhealed(first);
    const int lines = lines_of(*first.front().host, heal, OutcomeKind::rolled_back);
    REQUIRE(lines >= 1);
    std::vector<Crash> crashes = hosts(lines, chronyd, kind);
    leave_unhealed(crashes);
    crash_at_every_line(crashes, heal);
    for (std::size_t line = 0; line < crashes.size(); ++line) {
        CAPTURE(line);
        check_healed(*crashes[line].host, crashes[line].before);
    }
}

TEST_CASE("a roll-back killed at any line of its journal goes on when it is asked for again") {
    const std::string chronyd = chronyd_or_skip();
    const LabProcess lab(world());
    const auto changed = [&](const CrashHost& host) {
        lines_of(host, change, OutcomeKind::applied);
    };
    const CrashHost first(chronyd, Change::replaces_our_own);
    changed(first);
    std::vector<Crash> crashes =
        hosts(lines_of(first, take_back, OutcomeKind::applied), chronyd, Change::replaces_our_own);
    REQUIRE(crashes.size() >= 4);
    for (const Crash& crash : crashes) changed(*crash.host);
    crash_at_every_line(crashes, take_back);
    for (std::size_t line = 0; line < crashes.size(); ++line) {
        CAPTURE(line);
        app::Context asked = crashes[line].host->context();
        asked.command.verb = app::Verb::rollback;
        asked.command.file = "last";
        CHECK(app::run_rollback(asked) == app::exit_done);
        const Evidence after = crashes[line].host->evidence();
        CHECK(after.files == crashes[line].before.files);
        CHECK(after.listed == crashes[line].before.listed);
    }
}
