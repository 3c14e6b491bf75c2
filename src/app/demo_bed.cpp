#include "app/demo_bed.h"

#include <fmt/format.h>
#include <unistd.h>

#include "system/chrony_socket.h"
#include "system/local_host.h"
#include "system/wait.h"

namespace clockwright::app {
namespace {

struct DemoServer {
    const char* address;
    const char* about;  ///< TOML lines after the address
};

/// A dozen: eight honest ones of several operators, three that lie alike, one that is silent.
constexpr DemoServer far_servers[] = {
    {"127.77.1.1", "operator = \"north\"\ndelay = \"4ms\"\njitter = \"100us\""},
    {"127.77.1.2", "operator = \"north\"\ndelay = \"5ms\"\njitter = \"150us\""},
    {"127.77.2.1",
     "operator = \"south\"\ndelay = \"6ms\"\njitter = \"100us\"\nstratum = 1\nrefid = \"GPS\""},
    {"127.77.2.2", "operator = \"south\"\ndelay = \"9ms\"\njitter = \"300us\""},
    {"127.77.3.1", "operator = \"east\"\ndelay = \"7ms\"\njitter = \"200us\""},
    {"127.77.3.2", "operator = \"east\"\ndelay = \"12ms\"\njitter = \"400us\""},
    {"127.77.4.1", "operator = \"west\"\ndelay = \"8ms\"\njitter = \"200us\"\noffset = \"300us\""},
    {"127.77.5.1",
     "operator = \"far\"\ndelay_out = \"45ms\"\ndelay_back = \"25ms\"\njitter = \"2ms\""},
    {"127.77.6.1",
     "operator = \"liars\"\ndelay = \"3ms\"\noffset = \"840ms\"\nstratum = 1\nrefid = \"GPS\""},
    {"127.77.6.2", "operator = \"liars\"\ndelay = \"3ms\"\noffset = \"841ms\""},
    {"127.77.6.3", "operator = \"liars\"\ndelay = \"4ms\"\noffset = \"840ms\""},
    {"127.77.7.1", "operator = \"dead\"\nbehaviour = \"silent\""},
};

constexpr DemoServer near_servers[] = {
    {"127.78.1.1", "delay = \"60us\""}, {"127.78.1.2", "delay = \"70us\""},
    {"127.78.1.3", "delay = \"80us\""}, {"127.78.1.4", "delay = \"90us\""},
    {"127.78.1.5", "delay = \"60us\""},
};

template <class Servers>
std::string world_text(const char* title, int port, const Servers& servers) {
    std::string text = fmt::format("title = \"{}\"\nport = {}\n", title, port);
    for (const DemoServer& server : servers) {
        text += fmt::format("[[server]]\naddress = \"{}\"\n{}\n", server.address, server.about);
    }
    return text;
}

}  // namespace

Result<DemoBed> DemoBed::build(const std::string& chronyd) {
    auto directory = TRY(system::TemporaryDirectory::make("clockwright-demo"));
    DemoBed bed(std::move(directory), 20000 + ::getpid() % 30000);
    TRY(bed.write_files());
    bed.far_ = TRY(bed.start_lab("far.toml"));
    bed.near_ = TRY(bed.start_lab("near.toml"));
    TRY(bed.start_daemon(chronyd));
    return bed;
}

Result<void> DemoBed::write_files() const {
    TRY(directory_.make_directory("run", 0750));
    TRY(directory_.make_directory("sources.d", 0755));
    TRY(directory_.write("far.toml",
                         world_text("a dozen servers, liars among them", port_, far_servers)));
    TRY(directory_.write("near.toml",
                         world_text("near servers that will die", port_, near_servers)));
    std::string conf = "# badly configured: two of three servers lie, and they agree\n";
    for (const char* address : {"127.77.6.1", "127.77.6.2", "127.77.5.1"}) {
        conf += fmt::format("server {} port {} iburst minpoll 4 maxpoll 4\n", address, port_);
    }
    conf += fmt::format(
        "sourcedir {}\nbindcmdaddress {}\npidfile {}\ndriftfile {}\ncmdport 0\nport 0\n",
        path("sources.d"), path("run/chronyd.sock"), path("run/chronyd.pid"), path("drift"));
    TRY(directory_.write("chrony.conf", conf));
    return write_settings(false);
}

Result<void> DemoBed::write_settings(bool with_near_servers) const {
    std::string hosts;
    const auto add = [&](const DemoServer& server) {
        hosts += fmt::format("{}\"{}:{}\"", hosts.empty() ? "" : ", ", server.address, port_);
    };
    for (const DemoServer& server : far_servers) add(server);
    if (with_near_servers) {
        for (const DemoServer& server : near_servers) add(server);
    }
    return directory_.write(
        "clockwright.toml",
        fmt::format("[state]\ndirectory = \"{}\"\n[daemon]\nconfig = \"{}\"\n"
                    "control = \"{}\"\n[candidates]\nhosts = [{}]\ndiscover = false\n"
                    "[select]\nconfirmations = 1\n[apply]\nverify_timeout = \"15s\"\n",
                    path("state"), path("chrony.conf"), path("run/chronyd.sock"), hosts));
}

Result<system::Child> DemoBed::start_lab(const std::string& world) const {
    const std::string output = path(world + ".log");
    system::Child child =
        TRY(system::Child::start({system::own_program(), "lab", path(world)}, output));
    for (int i = 0; i < 100 && child.is_running(); ++i) {
        const auto said = system::LocalHost().read(output);
        if (said && said->content.find("ready") != std::string::npos) return child;
        system::wait(Seconds{0.05});
    }
    const auto said = system::LocalHost().read(output);
    return fail("the lab world did not start: " +
                (said ? said->content : std::string("no output")));
}

Result<void> DemoBed::start_daemon(const std::string& chronyd) {
    std::vector<std::string> argv = {chronyd, "-x", "-d", "-f", path("chrony.conf"), "-u", "root"};
    if (!system::is_root()) argv = {chronyd, "-x", "-d", "-U", "-f", path("chrony.conf")};
    daemon_ = TRY(system::Child::start(argv, path("chronyd.log")));
    for (int i = 0; i < 100 && daemon_->is_running(); ++i) {
        if (system::ChronySocket::open({path("run/chronyd.sock")})) return {};
        system::wait(Seconds{0.05});
    }
    const auto said = system::LocalHost().read(path("chronyd.log"));
    return fail("chronyd did not start: " + (said ? said->content : std::string("no output")));
}

Result<int> DemoBed::run(const std::vector<std::string>& words) const {
    std::vector<std::string> argv = {system::own_program(), "--config", path("clockwright.toml")};
    argv.insert(argv.end(), words.begin(), words.end());
    system::Child child = TRY(system::Child::start(argv, {}));
    return child.wait();
}

bool DemoBed::wait_until_followed(Seconds limit) const {
    for (Seconds waited{0}; waited < limit; waited += Seconds{0.5}) {
        auto socket = system::ChronySocket::open({path("run/chronyd.sock")});
        const auto state = socket ? socket->read_state() : std::unexpected(socket.error());
        if (state && state->tracking.synchronised()) return true;
        system::wait(Seconds{0.5});
    }
    return false;
}

Result<void> DemoBed::offer_near_servers() const {
    return write_settings(true);
}

}  // namespace clockwright::app
