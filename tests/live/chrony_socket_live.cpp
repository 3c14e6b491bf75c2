// Talks to a private chronyd that may not set the clock. Exits with 77 where it cannot run.
#include <doctest/doctest.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "daemon/chrony_source_line.h"
#include "system/chrony_socket.h"
#include "tests/live/private_chronyd.h"

using namespace clockwright;
using clockwright::system::ChronySocket;

namespace {

/// A network of our own with nothing but loopback, where the kernel lets us have one: no port is
/// taken there, and a name that must not resolve is asked of nobody.
bool enter_own_network() {
    if (::unshare(CLONE_NEWNET) != 0) return false;
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq loopback{};
    std::string_view("lo").copy(loopback.ifr_name, sizeof loopback.ifr_name);
    loopback.ifr_flags = IFF_UP;
    const bool up = ::ioctl(socket, SIOCSIFFLAGS, &loopback) == 0;
    ::close(socket);
    return up;
}

bool has_own_network() {
    static const bool entered = enter_own_network();
    return entered;
}

std::string chronyd_in_own_network() {
    std::string path = chronyd_or_skip();
    has_own_network();
    return path;
}

/// A directory of its own, removed at the end.
class RunDirectory {
  public:
    RunDirectory() {
        char pattern[] = "/tmp/clockwright-live-XXXXXX";
        path_ = ::mkdtemp(pattern);
        ::chmod(path_.c_str(), 0750);
    }
    RunDirectory(const RunDirectory&) = delete;
    RunDirectory& operator=(const RunDirectory&) = delete;
    ~RunDirectory() { std::filesystem::remove_all(path_); }

    std::string file(const std::string& name) const { return path_ + "/" + name; }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(file(name)) << text;
    }
    /// Reply sockets of ours that are still there.
    int left_over() const {
        int count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(path_))
            if (entry.path().filename().string().starts_with("clockwright.")) ++count;
        return count;
    }

  private:
    std::string path_;
};

/// One daemon that serves on 127.0.0.31 … 34 port 21123, one that follows some of them.
struct Hosts {
    std::string chronyd = chronyd_in_own_network();
    RunDirectory run;
    std::string control = run.file("chronyd.sock");
    std::string config = prepared();
    PrivateChronyd server{chronyd, run.file("server.conf")};
    PrivateChronyd client{chronyd, run.file("client.conf")};

    std::string prepared() const {
        std::filesystem::create_directory(run.file("sources.d"));
        run.write("server.conf",
                  "port 21123\nbindaddress 0.0.0.0\ncmdport 0\nbindcmdaddress /\n"
                  "pidfile " +
                      run.file("server.pid") + "\nlocal stratum 8\nallow 127.0.0.0/8\n");
        run.write("client.conf",
                  "port 0\ncmdport 21323\nbindcmdaddress 127.0.0.1\nbindcmdaddress " + control +
                      "\npidfile " + run.file("client.pid") +
                      "\nserver 127.0.0.31 port 21123 iburst minpoll 0 maxpoll 0 prefer\n"
                      "server 127.0.0.32 port 21123 iburst minpoll 0 maxpoll 0 noselect\n"
                      "refclock SOCK " +
                      run.file("refclock.sock") +
                      " refid GOLD\n"
                      "sourcedir " +
                      run.file("sources.d") + "\n");
        return run.file("client.conf");
    }
};

/// Asks until the state is as wished, at most 15 s.
Result<DaemonState> state_when(const std::string& address,
                               const std::function<bool(const DaemonState&)>& wished) {
    Result<DaemonState> state = fail("never asked");
    for (int i = 0; i < 75; ++i) {
        auto socket = ChronySocket::open({address});
        state =
            socket ? socket->read_state() : Result<DaemonState>(std::unexpected(socket.error()));
        if (state && wished(*state)) return state;
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    return state;
}

const DaemonSource* find(const DaemonState& state, const std::string& name) {
    const auto found = std::ranges::find(state.sources, name, &DaemonSource::name);
    return found == state.sources.end() ? nullptr : &*found;
}

bool has_selected(const DaemonState& state) {
    return std::ranges::any_of(state.sources, [](const auto& source) {
        return source.state == '*' && source.samples.value_or(4) >= 3;
    });
}

}  // namespace

TEST_CASE("a running chronyd tells its state over the socket, and less of it over UDP") {
    Hosts hosts;
    const auto state = state_when(hosts.control, has_selected);
    REQUIRE_MESSAGE(state.has_value(), state.error().message);
    CHECK(state->complete);
    CHECK(state->read_from == hosts.control);
    CHECK(state->unresolved == 0);
    CHECK(state->tracking.synchronised());
    CHECK(state->tracking.stratum == 9);
    REQUIRE(state->tracking.reference);
    CHECK(to_string(*state->tracking.reference) == "127.0.0.31");
    CHECK(std::chrono::abs(state->tracking.offset) < Seconds(0.1));

    REQUIRE(state->sources.size() == 3);
    const DaemonSource* used = find(*state, "127.0.0.31");
    REQUIRE(used);
    CHECK(used->state == '*');
    CHECK(used->state_exact);
    CHECK(used->stratum == 8);
    CHECK(used->refid == 0x7f7f0101);
    CHECK(used->reach != 0);
    CHECK(used->last_sample);
    CHECK(used->samples.value_or(0) >= 3);
    CHECK(used->valid_replies.value_or(0) >= 3);
    CHECK(used->authentication == Authentication::none);
    CHECK(used->prefer == true);
    CHECK(used->noselect == false);
    const DaemonSource* watched = find(*state, "127.0.0.32");
    REQUIRE(watched);
    CHECK(watched->state == 'N');
    CHECK(watched->noselect == true);
    const DaemonSource* refclock = find(*state, "GOLD");
    REQUIRE(refclock);
    CHECK(refclock->refclock);
    CHECK_FALSE(refclock->address);
    CHECK_FALSE(refclock->last_sample);
    CHECK(hosts.run.left_over() == 0);

    const auto open_part = state_when("127.0.0.1:21323", has_selected);
    REQUIRE_MESSAGE(open_part.has_value(), open_part.error().message);
    CHECK_FALSE(open_part->complete);
    CHECK(open_part->read_from == "127.0.0.1:21323");
    REQUIRE(find(*open_part, "127.0.0.31"));
    CHECK(find(*open_part, "127.0.0.31")->state == '*');
    CHECK_FALSE(find(*open_part, "127.0.0.31")->state_exact);
    CHECK(find(*open_part, "127.0.0.31")->samples);
    CHECK_FALSE(find(*open_part, "127.0.0.31")->valid_replies);
    CHECK(find(*open_part, "127.0.0.32")->state == '?');
}

TEST_CASE("sources are reloaded, added and deleted, and each twice is no fault") {
    Hosts hosts;
    REQUIRE(state_when(hosts.control, [](const auto& state) { return state.sources.size() == 3; }));
    auto socket = ChronySocket::open({hosts.control});
    REQUIRE(socket);
    CHECK(hosts.run.left_over() == 1);

    hosts.run.write("sources.d/a.sources", "server 127.0.0.33 port 21123 iburst\n");
    CHECK(socket->reload_sources());
    CHECK(socket->reload_sources());
    CHECK(find(*socket->read_state(), "127.0.0.33"));

    const auto line = chrony::parse_source_line(
        "server 127.0.0.34 port 21123 iburst minpoll 4 maxpoll 5 trust require");
    CHECK(socket->add_source(*line));
    CHECK(socket->add_source(*line));
    const auto with_added = state_when(hosts.control, [](const DaemonState& state) {
        const auto* added = find(state, "127.0.0.34");
        return added && added->samples.value_or(0) >= 3;
    });
    REQUIRE(with_added);
    const DaemonSource* added = find(*with_added, "127.0.0.34");
    REQUIRE(added);
    CHECK(added->poll >= 4);
    CHECK(added->poll <= 5);
    CHECK(added->trust == true);
    CHECK(added->require == true);
    CHECK(added->valid_replies.value_or(0) >= 3);

    const auto address = *parse_address("127.0.0.34");
    CHECK(socket->delete_source(address));
    CHECK(socket->delete_source(address));
    CHECK(socket->delete_source(*parse_address("127.0.0.31")));  // of the main file
    const auto without = socket->read_state();
    REQUIRE(without);
    CHECK_FALSE(find(*without, "127.0.0.34"));
    CHECK_FALSE(find(*without, "127.0.0.31"));

    std::filesystem::remove(hosts.run.file("sources.d/a.sources"));
    CHECK(socket->reload_sources());
    CHECK_FALSE(find(*socket->read_state(), "127.0.0.33"));
}

TEST_CASE("a name without an address is listed by its name and counted") {
    Hosts hosts;
    if (!has_own_network()) {
        MESSAGE("left out: a name would be asked of a resolver outside");
        return;
    }
    REQUIRE(state_when(hosts.control, [](const auto& state) { return state.sources.size() == 3; }));
    auto socket = ChronySocket::open({hosts.control});
    REQUIRE(socket);
    CHECK(socket->add_source(*chrony::parse_source_line("server nowhere.invalid iburst")));
    const auto state = socket->read_state();
    REQUIRE(state);
    CHECK(state->unresolved == 1);
    const DaemonSource* unresolved = find(*state, "nowhere.invalid");
    REQUIRE(unresolved);
    CHECK_FALSE(unresolved->address);
    CHECK_FALSE(unresolved->refclock);
    CHECK(unresolved->reach == 0);
}

TEST_CASE("a chronyd that only watches takes a burst, and refuses to step") {
    Hosts hosts;
    const auto before = state_when(hosts.control, has_selected);
    REQUIRE(before);
    auto socket = ChronySocket::open({hosts.control});
    REQUIRE(socket);
    CHECK(socket->burst(3));
    const auto valid = [](const DaemonState& state) {
        const auto* source = find(state, "127.0.0.31");
        return source ? source->valid_replies.value_or(0) : 0;
    };
    CHECK(state_when(hosts.control, [&](const auto& it) { return valid(it) > valid(*before); }));
    const auto gap = [] {
        return std::chrono::system_clock::now().time_since_epoch() -
               std::chrono::steady_clock::now().time_since_epoch();
    };
    const auto begun = gap();
    const auto stepped = socket->make_step();
    REQUIRE_FALSE(stepped);
    CHECK(stepped.error().message.ends_with("did not step the clock: failed"));
    CHECK(std::chrono::abs(Seconds(gap() - begun)) < Seconds(0.01));
}

TEST_CASE("changes are not permitted over UDP") {
    Hosts hosts;
    REQUIRE(state_when("127.0.0.1:21323", [](const auto&) { return true; }));
    auto socket = ChronySocket::open({"127.0.0.1:21323"});
    REQUIRE(socket);
    const auto done = socket->reload_sources();
    REQUIRE_FALSE(done);
    CHECK(done.error().fault == Fault::not_permitted);
}

TEST_CASE("a daemon that died is unreachable, and nothing of ours is left") {
    Hosts hosts;
    REQUIRE(state_when(hosts.control, [](const auto&) { return true; }));
    {
        auto socket = ChronySocket::open({hosts.control});
        REQUIRE(socket);
        hosts.client.end(SIGKILL);
        const auto state = socket->read_state();
        REQUIRE_FALSE(state);
        CHECK(state.error().fault == Fault::unreachable);
        CHECK(hosts.run.left_over() == 1);
    }
    CHECK(hosts.run.left_over() == 0);
    const auto again = ChronySocket::open({hosts.control});
    REQUIRE_FALSE(again);
    CHECK(again.error().fault == Fault::unreachable);
    CHECK(hosts.run.left_over() == 0);

    auto udp = ChronySocket::open({"127.0.0.1:21323"});
    const auto open_part = udp ? udp->read_state() : std::unexpected(udp.error());
    REQUIRE_FALSE(open_part);
    CHECK(open_part.error().fault == Fault::unreachable);
    const auto missing = ChronySocket::open({hosts.run.file("no.sock")});
    REQUIRE_FALSE(missing);
    CHECK(missing.error().fault == Fault::unreachable);
}

TEST_CASE("a daemon that never answers is unreachable after three tries, in 0.7 s") {
    Hosts hosts;
    REQUIRE(state_when(hosts.control, [](const auto&) { return true; }));
    auto socket = ChronySocket::open({hosts.control});
    REQUIRE(socket);
    hosts.client.pause();
    const auto begun = std::chrono::steady_clock::now();
    const auto state = socket->read_state();
    const Seconds taken = std::chrono::steady_clock::now() - begun;
    REQUIRE_FALSE(state);
    CHECK(state.error().fault == Fault::unreachable);
    CHECK(taken > Seconds(0.65));
    CHECK(taken < Seconds(2));
}

TEST_CASE("a directory that is closed to us is not permitted, and the message says who may") {
    Hosts hosts;
    REQUIRE(state_when(hosts.control, [](const auto&) { return true; }));
    const pid_t child = ::fork();
    if (child == 0) {
        constexpr uid_t nobody = 65534;
        if (::setgid(nobody) != 0 || ::setuid(nobody) != 0) ::_exit(2);
        const auto socket = ChronySocket::open({hosts.control});
        const bool right = !socket && socket.error().fault == Fault::not_permitted &&
                           socket.error().message.contains(hosts.control) &&
                           socket.error().message.contains("needs root or the chrony group");
        ::_exit(right ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}
