#include "system/clock_programs.h"

#include <doctest/doctest.h>

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "tests/fakes/temporary_directory.h"

namespace clockwright::system {

namespace {

/// A /proc of our own making.
class FakeProc {
  public:
    void process(int pid, int parent, const std::string& comm, const std::vector<std::string>& argv,
                 const std::string& cap_eff) {
        const std::string directory = std::to_string(pid);
        root_.make_directory(directory);
        root_.write(directory + "/comm", comm + "\n");
        root_.write(directory + "/status",
                    fmt::format("Name:\t{}\nPPid:\t{}\nCapPrm:\t0000000000000000\nCapEff:\t{}\n",
                                comm, parent, cap_eff));
        std::string words;
        for (const std::string& word : argv) {
            words += word + '\0';
        }
        root_.write(directory + "/cmdline", words);
    }

    /// What cannot be read any more: its process has just ended.
    void ended(int pid, const std::string& comm) {
        const std::string directory = std::to_string(pid);
        root_.make_directory(directory);
        root_.write(directory + "/comm", comm + "\n");
        root_.make_directory(directory + "/status");
        root_.make_directory(directory + "/cmdline");
    }

    std::vector<ClockProgram> programs() const { return clock_programs(root_.path()); }
    TemporaryDirectory& root() { return root_; }

  private:
    TemporaryDirectory root_;
};

const std::string cap_time = "0000000002000000";
const std::string cap_none = "0000000000000000";
const std::string cap_all_but_time = "000001fffdffffff";

}  // namespace

TEST_CASE("a process that ends while it is read disturbs nobody") {
    FakeProc proc;
    proc.ended(7, "chronyd");
    proc.process(8, 1, "ntpd", {"/usr/sbin/ntpd", "-n"}, cap_time);
    const auto programs = proc.programs();
    CHECK(std::ranges::count(programs, "ntpd", &ClockProgram::name) == 1);
    CHECK(std::ranges::none_of(
        programs, [](const auto& program) { return program.pid == 7 && program.steers(); }));
}

TEST_CASE("a program is a hand on the wheel unless its own option says that it is not") {
    struct Row {
        const char* comm;
        std::vector<std::string> argv;
        const char* name;
        bool told_not_to;
    };
    const Row rows[] = {
        {"chronyd", {"/usr/sbin/chronyd", "-F", "1"}, "chronyd", false},
        {"chronyd", {"/usr/sbin/chronyd", "-x"}, "chronyd", true},
        {"chronyd", {"chronyd", "-d4x", "-f", "/etc/x"}, "chronyd", true},
        {"chronyd", {"chronyd", "-dxf", "/etc/x"}, "chronyd", true},
        {"chronyd", {"chronyd", "-f", "-x"}, "chronyd", false},
        {"chronyd", {"chronyd", "-f/x", "-uxavier"}, "chronyd", false},
        {"chronyd", {"chronyd", "-d", "--", "-x"}, "chronyd", false},
        {"chronyd", {"chronyd", "-Q", "server a iburst"}, "chronyd", true},
        {"chronyd", {"chronyd", "-q", "server a iburst"}, "chronyd", false},
        {"ntpd", {"/usr/sbin/ntpd", "-p", "/run/ntpd.pid", "-n", "-x"}, "ntpd", false},
        {"ntpd", {"/usr/sbin/ntpd", "-f", "/etc/openntpd/ntpd.conf"}, "openntpd", false},
        {"ntpd", {"ntpd: ntp engine"}, "openntpd", false},
        {"systemd-timesyn", {"/lib/systemd/systemd-timesyncd"}, "systemd-timesyncd", false},
        {"ntp-daemon", {"/usr/bin/ntp-daemon"}, "ntpd-rs", false},
        {"phc2sys", {"phc2sys", "-a", "-r"}, "phc2sys", false},
        {"phc2sys", {"phc2sys", "-ar", "-S", "1"}, "phc2sys", false},
        {"phc2sys", {"phc2sys", "-a"}, "phc2sys", true},
        {"phc2sys", {"phc2sys", "-s", "eth0", "-w"}, "phc2sys", false},
        {"phc2sys", {"phc2sys", "-s", "eth0", "-c", "/dev/ptp1"}, "phc2sys", true},
        {"phc2sys", {"phc2sys", "-s", "eth0", "-E", "ntpshm"}, "phc2sys", true},
        {"ptp4l", {"ptp4l", "-i", "eth0", "-S"}, "ptp4l", false},
        {"ptp4l", {"ptp4l", "-i", "eth0", "--time_stamping=software"}, "ptp4l", false},
        {"ptp4l", {"ptp4l", "-f", "/nowhere/ptp4l.conf", "-i", "eth0"}, "ptp4l", true},
        {"ptp4l", {"ptp4l", "-Hi", "eth0"}, "ptp4l", true},
        {"ptp4l", {"ptp4l", "-S", "--free_running=1"}, "ptp4l", true},
        {"sfptpd", {"sfptpd", "-f", "/etc/sfptpd.conf"}, "sfptpd", false},
        {"VBoxService", {"/usr/sbin/VBoxService"}, "VBoxService", false},
        {"VBoxService", {"/usr/sbin/VBoxService", "--disable-timesync"}, "VBoxService", true},
        {"vmtoolsd", {"/usr/bin/vmtoolsd"}, "vmtoolsd", true},
    };
    for (const Row& row : rows) {
        CAPTURE(fmt::format("{}", fmt::join(row.argv, " ")));
        const auto program = recognise(row.comm, row.argv, true);
        REQUIRE(program);
        CHECK(program->name == row.name);
        CHECK(program->told_not_to == row.told_not_to);
        CHECK(program->steers() == !row.told_not_to);
        CHECK(program->argv == row.argv);
    }
}

TEST_CASE("other programs have nothing to do with clocks") {
    for (const char* comm : {"bash", "chronyc", "ntpdate", "chrony", "", "systemd-timesyncd"}) {
        CAPTURE(comm);
        CHECK_FALSE(recognise(comm, {comm}, true));
    }
}

TEST_CASE("a program may set the clock only with CAP_SYS_TIME in effect") {
    struct Row {
        std::string cap_eff;
        bool may;
    };
    const Row rows[] = {
        {cap_time, true}, {cap_none, false}, {cap_all_but_time, false}, {"000001ffffffffff", true}};
    for (const Row& row : rows) {
        CAPTURE(row.cap_eff);
        FakeProc proc;
        proc.process(611, 1, "chronyd", {"/usr/sbin/chronyd"}, row.cap_eff);
        const auto programs = proc.programs();
        REQUIRE(programs.size() == 1);
        CHECK(programs[0].pid == 611);
        CHECK(programs[0].argv == std::vector<std::string>{"/usr/sbin/chronyd"});
        CHECK(programs[0].may_set_clock == row.may);
    }
}

TEST_CASE("parent and children of one daemon count as one, and one that may speaks for all") {
    FakeProc proc;
    proc.process(700, 1, "ntpd", {"/usr/sbin/ntpd", "-s"}, cap_time);
    proc.process(701, 700, "ntpd", {"ntpd: ntp engine"}, cap_none);
    proc.process(702, 701, "ntpd", {"ntpd: dns engine"}, cap_none);
    proc.process(800, 1, "chronyd", {"/usr/sbin/chronyd"}, cap_none);
    proc.process(801, 800, "chronyd", {"/usr/sbin/chronyd"}, cap_time);
    const auto programs = proc.programs();
    REQUIRE(programs.size() == 2);
    CHECK(programs[0].name == "openntpd");
    CHECK(programs[0].pid == 700);
    CHECK(programs[0].may_set_clock);
    CHECK(programs[1].pid == 800);
    CHECK(programs[1].may_set_clock);
}

TEST_CASE("two daemons of one kind that are no relatives are two hands") {
    FakeProc proc;
    proc.process(12, 1, "chronyd", {"/usr/sbin/chronyd"}, cap_time);
    proc.process(9, 1, "chronyd", {"/opt/chronyd", "-x"}, cap_time);
    const auto programs = proc.programs();
    REQUIRE(programs.size() == 2);
    CHECK(programs[0].pid == 9);
    CHECK_FALSE(programs[0].steers());
    CHECK(programs[1].steers());
}

TEST_CASE("ptp4l's file may ask for software stamps, unless its command line says otherwise") {
    FakeProc proc;
    proc.root().write("ptp4l.conf", "[global]\ntime_stamping\tsoftware\n");
    const std::string file = proc.root() / "ptp4l.conf";
    proc.process(8, 1, "ptp4l", {"ptp4l", "-f", file, "-i", "eth0"}, cap_time);
    proc.process(9, 1, "ptp4l", {"ptp4l", "-H", "-f", file, "-i", "eth0"}, cap_time);
    const auto programs = proc.programs();
    REQUIRE(programs.size() == 2);
    CHECK(programs[0].steers());
    CHECK_FALSE(programs[1].steers());
}

TEST_CASE("a process that is called ptp4l and names a pipe or a device holds nobody up") {
    FakeProc proc;
    const std::string pipe = proc.root() / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    proc.process(8, 1, "ptp4l", {"ptp4l", "-f", pipe}, cap_time);
    proc.process(9, 1, "ptp4l", {"ptp4l", "-f", "/dev/zero"}, cap_time);
    const auto programs = proc.programs();
    REQUIRE(programs.size() == 2);
    CHECK_FALSE(programs[0].steers());
    CHECK_FALSE(programs[1].steers());
}

TEST_CASE("the right of another user namespace is none, and its service is none of this system's") {
    FakeProc proc;
    proc.process(8, 1, "chronyd", {"/usr/sbin/chronyd"}, cap_time);
    proc.root().write("8/uid_map", "         0          0 4294967295\n");
    proc.root().write("8/cgroup", "0::/system.slice/chrony.service\n");
    proc.process(9, 1, "chronyd", {"/usr/sbin/chronyd"}, cap_time);
    proc.root().write("9/uid_map", "         0     100000      65536\n");
    proc.root().write("9/cgroup", "0::/lxc.payload.db1/system.slice/chrony.service\n");
    const auto programs = proc.programs();
    REQUIRE(programs.size() == 2);
    CHECK(programs[0].steers());
    CHECK(programs[0].unit == "chrony.service");
    CHECK_FALSE(programs[1].steers());
    CHECK(programs[1].unit.empty());
}

TEST_CASE("busybox's ntpd is a hand of its own name") {
    FakeProc proc;
    proc.process(8, 1, "ntpd", {"/usr/sbin/ntpd", "-N", "-p", "pool.example"}, cap_time);
    std::filesystem::create_symlink("/bin/busybox", proc.root() / "8/exe");
    REQUIRE(proc.programs().size() == 1);
    CHECK(proc.programs()[0].name == "busybox ntpd");
    CHECK(proc.programs()[0].steers());
}

TEST_CASE("what is no process, or has ended meanwhile, is passed over") {
    FakeProc proc;
    proc.root().make_directory("sys");
    proc.root().make_directory("12x");
    proc.root().make_directory("13");
    proc.process(14, 1, "bash", {"bash"}, cap_time);
    CHECK(proc.programs().empty());
    CHECK(clock_programs("/nowhere/at/all").empty());
}

}  // namespace clockwright::system
