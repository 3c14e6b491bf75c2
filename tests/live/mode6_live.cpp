// Asks a program that answers as told, and an ntpd of NTPsec that may not set the clock, in mode 6.
// Exits with 77 where it cannot run.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "daemon/mode6_replies.h"
#include "system/mode6_channel.h"
#include "system/socket_address.h"
#include "tests/live/private_chronyd.h"

using namespace clockwright;
using clockwright::system::Descriptor;
using clockwright::system::Mode6Channel;
using clockwright::system::SocketAddress;

namespace {

using Datagrams = std::vector<mode6::Bytes>;

/// One datagram of an answer.
mode6::Bytes fragment(const mode6::Question& question, std::size_t offset, std::string_view text,
                      bool more, std::uint16_t status = 0) {
    mode6::Bytes bytes = mode6::encode(question, text);
    bytes[1] = static_cast<std::uint8_t>(bytes[1] | 0x80 | (more ? 0x20 : 0));
    bytes[4] = static_cast<std::uint8_t>(status >> 8);
    bytes[8] = static_cast<std::uint8_t>(offset >> 8);
    bytes[9] = static_cast<std::uint8_t>(offset & 0xff);
    return bytes;
}

mode6::Bytes refusal(const mode6::Question& question, mode6::ErrorCode code) {
    mode6::Bytes bytes = fragment(question, 0, "", false);
    bytes[1] |= 0x40;
    bytes[4] = static_cast<std::uint8_t>(code);
    bytes[11] = 0x10;  // left over, as ntpd does it
    return bytes;
}

/// Answers each question on a port of its own as `answer` says, until it goes.
class ToldNtpd {
  public:
    using Answer = std::function<Datagrams(const mode6::Question&, const std::string& names)>;

    explicit ToldNtpd(Answer answer)
        : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), answer_(std::move(answer)) {
        const SocketAddress any = system::to_socket_address({*parse_address("127.0.0.1"), 0});
        REQUIRE(::bind(socket_.get(), any.get(), any.size) == 0);
        SocketAddress own;
        REQUIRE(::getsockname(socket_.get(), own.get(), &own.size) == 0);
        address_ = to_string(*system::to_endpoint(own.get()));
        thread_ = std::jthread([this](std::stop_token stop) { serve(stop); });
    }

    const std::string& address() const { return address_; }

  private:
    void serve(const std::stop_token& stop) const {
        while (!stop.stop_requested()) {
            pollfd waiting{.fd = socket_.get(), .events = POLLIN, .revents = 0};
            if (::poll(&waiting, 1, 20) <= 0) continue;
            std::array<std::uint8_t, 600> request{};
            SocketAddress from;
            const auto size = ::recvfrom(socket_.get(), request.data(), request.size(), 0,
                                         from.get(), &from.size);
            if (size < 12) continue;
            const auto word = [&](std::size_t at) {
                return static_cast<std::uint16_t>(request[at] << 8 | request[at + 1]);
            };
            const mode6::Question question{.operation = static_cast<mode6::Operation>(request[1]),
                                           .association = word(6),
                                           .sequence = word(2)};
            const std::string names(request.begin() + 12, request.begin() + 12 + word(10));
            for (const auto& bytes : answer_(question, names))
                ::sendto(socket_.get(), bytes.data(), bytes.size(), 0, from.get(), from.size);
        }
    }

    Descriptor socket_;
    Answer answer_;
    std::string address_;
    std::jthread thread_;
};

constexpr std::string_view system_text =
    "leap=00, stratum=2, refid=192.0.2.1, peer=1, offset=1.5, tc=6";
constexpr std::string_view list_text{"\x00\x01\x96\x1a\x00\x02\x94\x14\x00\x03\x88\x11", 12};

/// A daemon with two sources and a pool line, whose answers come in two fragments, the last first.
Datagrams usual(const mode6::Question& question, const std::string&) {
    std::string text(system_text);
    if (question.operation == mode6::Operation::read_status)
        text = list_text;
    else if (question.association != 0)
        text = "srcadr=192.0.2." + std::to_string(question.association) + ", reach=0xff";
    return {fragment(question, 6, std::string_view(text).substr(6), false),
            fragment(question, 0, std::string_view(text).substr(0, 6), true)};
}

Result<DaemonState> state_at(const std::string& address) {
    auto channel = Mode6Channel::open(address);
    REQUIRE(channel);
    return channel->read_state();
}

/// ntpd without the right to set the clock, in a network of its own; dies with the test.
class PrivateNtpd {
  public:
    PrivateNtpd(const std::string& ntpd, const std::string& config) : pid_(::fork()) {
        if (pid_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (::prctl(PR_CAPBSET_READ, CAP_SYS_TIME) != 0 &&
                ::prctl(PR_CAPBSET_DROP, CAP_SYS_TIME) != 0)
                ::_exit(126);
            const int null = ::open("/dev/null", O_WRONLY);
            ::dup2(null, STDERR_FILENO);
            ::dup2(null, STDOUT_FILENO);
            ::execl(ntpd.c_str(), ntpd.c_str(), "-n", "-c", config.c_str(), nullptr);
            ::_exit(127);
        }
    }
    PrivateNtpd(const PrivateNtpd&) = delete;
    PrivateNtpd& operator=(const PrivateNtpd&) = delete;
    ~PrivateNtpd() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }

  private:
    pid_t pid_;
};

std::string ntpd_or_skip() {
    const char* given = std::getenv("CLOCKWRIGHT_NTPD");
    const std::string path =
        given ? given : CLOCKWRIGHT_SOURCE_DIR "/build/peers/ntpsec/usr/sbin/ntpd";
    if (::geteuid() != 0) skip("needs root, as ntpd listens at port 123 only so");
    if (::access(path.c_str(), X_OK) != 0) skip("no ntpd at " + path);
    return path;
}

void enter_own_network() {
    if (::unshare(CLONE_NEWNET) != 0) skip("no network of our own to be had");
    const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq loopback{};
    std::string_view("lo").copy(loopback.ifr_name, sizeof loopback.ifr_name);
    loopback.ifr_flags = IFF_UP;
    REQUIRE(::ioctl(socket.get(), SIOCSIFFLAGS, &loopback) == 0);
}

/// The state, as soon as the daemon tells it.
Result<DaemonState> first_state() {
    Result<DaemonState> state = fail("not asked");
    for (int i = 0; i < 100 && !state; ++i) {
        if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds(100));
        state = state_at("127.0.0.1:123");
    }
    return state;
}

}  // namespace

TEST_CASE("the state is read from fragments in any order") {
    const ToldNtpd ntpd(usual);
    const auto state = state_at(ntpd.address());
    REQUIRE(state);
    CHECK(state->complete);
    CHECK(state->read_from == ntpd.address());
    CHECK(state->tracking.stratum == 2);
    CHECK(state->tracking.offset == Seconds(0.0015));
    CHECK(state->tracking.reference == parse_address("192.0.2.1"));
    REQUIRE(state->sources.size() == 2);
    CHECK(state->sources[0].state == '*');
    CHECK(state->sources[1].state == '+');
}

TEST_CASE("an answer to another question is not heard, and a lost one is asked for again") {
    int asked = 0;
    const ToldNtpd ntpd([&asked](const mode6::Question& question, const std::string& names) {
        auto foreign = question;
        ++foreign.sequence;
        auto datagrams = usual(foreign, names);
        if (++asked == 1) return datagrams;
        datagrams.push_back({1, 2, 3});
        for (auto& bytes : usual(question, names)) datagrams.push_back(std::move(bytes));
        return datagrams;
    });
    const auto state = state_at(ntpd.address());
    REQUIRE(state);
    CHECK(state->sources.size() == 2);
    CHECK(asked >= 5);
}

TEST_CASE("a daemon that does not know a name is asked for fewer, and once") {
    std::vector<std::string> lists;
    const ToldNtpd ntpd([&lists](const mode6::Question& question, const std::string& names) {
        if (question.association != 0) lists.push_back(names);
        if (names.contains("ntscookies"))
            return Datagrams{refusal(question, mode6::ErrorCode::unknown_variable)};
        return usual(question, names);
    });
    const auto state = state_at(ntpd.address());
    REQUIRE(state);
    CHECK(state->complete);
    CHECK(lists == std::vector<std::string>{std::string(mode6::source_names),
                                            std::string(mode6::classic_source_names),
                                            std::string(mode6::classic_source_names)});
}

TEST_CASE("what is closed to us is told: a source as incomplete, the system as not permitted") {
    const ToldNtpd half([](const mode6::Question& question, const std::string& names) {
        if (question.association == 2)
            return Datagrams{refusal(question, mode6::ErrorCode::restricted)};
        return usual(question, names);
    });
    const auto state = state_at(half.address());
    REQUIRE(state);
    CHECK_FALSE(state->complete);
    CHECK(state->sources.size() == 1);

    const ToldNtpd closed([](const mode6::Question& question, const std::string&) {
        return Datagrams{refusal(question, mode6::ErrorCode::restricted)};
    });
    const auto error = state_at(closed.address());
    REQUIRE_FALSE(error);
    CHECK(error.error().fault == Fault::not_permitted);
    CHECK(error.error().message ==
          "ntpd at " + closed.address() + " does not tell its state: administratively prohibited");
}

TEST_CASE("a source that went away meanwhile is no fault") {
    const ToldNtpd ntpd([](const mode6::Question& question, const std::string& names) {
        if (question.association == 2)
            return Datagrams{refusal(question, mode6::ErrorCode::unknown_association)};
        return usual(question, names);
    });
    const auto state = state_at(ntpd.address());
    REQUIRE(state);
    CHECK(state->complete);
    CHECK(state->sources.size() == 1);
}

TEST_CASE("nobody, silence and no address are told apart") {
    std::string nobody;
    {
        const ToldNtpd gone(usual);
        nobody = gone.address();
    }
    const auto refused = state_at(nobody);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().fault == Fault::unreachable);
    CHECK(refused.error().message == "no ntpd answers at " + nobody + ": connection refused");

    const ToldNtpd silent([](const mode6::Question&, const std::string&) { return Datagrams{}; });
    const auto error = state_at(silent.address());
    REQUIRE_FALSE(error);
    CHECK(error.error().fault == Fault::unreachable);
    CHECK(error.error().message.starts_with("no answer from ntpd at " + silent.address()));

    CHECK(Mode6Channel::open("ntp.example:123").error().fault == Fault::bad_input);
}

TEST_CASE("NTPsec tells of its clock, its servers and what has no address yet") {
    const std::string ntpd = ntpd_or_skip();
    enter_own_network();
    char pattern[] = "/tmp/clockwright-live-XXXXXX";
    const std::string directory = ::mkdtemp(pattern);
    const std::string config = directory + "/ntp.conf";
    std::ofstream(config) << "restrict default nomodify noquery\nrestrict 127.0.0.1\ndisable ntp\n"
                             "refclock local stratum 5\nserver 192.0.2.1 iburst\n"
                             "server nowhere.invalid noselect\nserver nts.invalid nts\n"
                             "pool pool.invalid iburst\n";
    {
        const PrivateNtpd daemon(ntpd, config);
        const auto state = first_state();
        REQUIRE_MESSAGE(state, state.error().message);
        CHECK(state->complete);
        CHECK(state->tracking.leap == Leap::unsynchronised);
        CHECK(state->unresolved == 2);
        REQUIRE(state->sources.size() == 4);
        CHECK(state->sources[0].refclock);
        CHECK(state->sources[0].name == "LOCAL(0)");
        CHECK(state->sources[1].name == "192.0.2.1");
        CHECK(state->sources[1].state == '?');
        CHECK(state->sources[2].name == "nowhere.invalid");
        CHECK(state->sources[3].name == "nts.invalid");
        CHECK(state->sources[3].authentication == Authentication::nts);
    }
    std::filesystem::remove_all(directory);
}
