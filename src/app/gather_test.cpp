#include "app/gather.h"

#include <doctest/doctest.h>

#include <map>

#include "app/judgement.h"
#include "daemon/chrony_source_line.h"
#include "tests/fakes/tree_host.h"

using namespace clockwright;
using namespace clockwright::app;

namespace {

SourceLine line(const std::string& text, const std::string& file, int number) {
    SourceLine parsed = *chrony::parse_source_line(text);
    parsed.file = file;
    parsed.line = number;
    return parsed;
}

DaemonSource listed(const std::string& name, const char* address) {
    DaemonSource source;
    source.name = name;
    source.address = parse_address(address);
    return source;
}

/// chrony.conf has a server and a pool of two; our drop-in has one server.
DaemonView office() {
    DaemonView view;
    DaemonConfig config;
    config.main_file = "/etc/chrony/chrony.conf";
    config.sourcedirs = {"/etc/chrony/sources.d"};
    config.sources = {
        line("server ntp1.corp.example", config.main_file, 3),
        line("pool pool.corp.example maxsources 2", config.main_file, 4),
        line("server ntp9.corp.example", "/etc/chrony/sources.d/clockwright.sources", 2)};
    config.sources.back().ours = true;
    view.config = config;
    DaemonState state;
    state.sources = {
        listed("ntp1.corp.example", "10.0.0.1"), listed("pool.corp.example", "10.0.0.2"),
        listed("pool.corp.example", "10.0.0.3"), listed("ntp9.corp.example", "10.0.0.9")};
    view.state = state;
    return view;
}

/// The candidates, with nothing around but what a test says.
Result<std::vector<Candidate>> known(const Config& config, const DaemonView* view,
                                     const Surroundings& around = {}) {
    return std::move(TRY(gather_known(config, view, around)).candidates);
}

/// A resolver that knows these zones and counts who asks.
struct PoolNames {
    std::map<std::string, std::vector<IpAddress>> zones;
    int* asked = nullptr;

    Result<std::vector<system::Resolved>> operator()(const std::vector<HostName>& names) const {
        std::vector<system::Resolved> answers;
        for (const HostName& name : names) {
            const auto found = zones.find(name.name);
            answers.push_back({found == zones.end() ? std::vector<IpAddress>{} : found->second,
                               found == zones.end() ? "no such name" : ""});
        }
        if (asked != nullptr) *asked += static_cast<int>(names.size());
        return answers;
    }
};

std::vector<IpAddress> members(const std::string& prefix, int count) {
    std::vector<IpAddress> list;
    for (int i = 1; i <= count; ++i) list.push_back(*parse_address(prefix + std::to_string(i)));
    return list;
}

/// An instance of EC2 whose network names two time servers.
TreeHost cloud_machine() {
    TreeHost host;
    host.files["/run/systemd/netif/leases/2"] = "NTP=10.20.0.4 ntp2.corp.example\n";
    host.files["/sys/class/dmi/id/sys_vendor"] = "Amazon EC2\n";
    host.files["/sys/class/ptp/ptp0/clock_name"] = "ena-ptp-05\n";
    return host;
}

std::vector<std::string> origins(const std::vector<Candidate>& candidates) {
    std::vector<std::string> list;
    for (const Candidate& candidate : candidates) {
        list.push_back(candidate.source.as_written + " " + to_string(candidate.source.origin));
    }
    return list;
}

Config with_hosts(std::vector<std::string> hosts) {
    Config config;
    config.candidates.hosts = std::move(hosts);
    return config;
}

}  // namespace

TEST_CASE("the daemon's sources come first, each with its line, our own told from foreign ones") {
    const DaemonView view = office();
    const auto candidates = known(with_hosts({"ntp5.corp.example"}), &view);
    REQUIRE(candidates.has_value());
    REQUIRE(candidates->size() == 5);
    const Candidate& first = candidates->front();
    CHECK(first.source.as_written == "ntp1.corp.example");
    CHECK(to_string(first.source.origin) == "/etc/chrony/chrony.conf:3");
    CHECK(first.membership == Membership::foreign);
    CHECK(to_string(*first.address) == "10.0.0.1");
    CHECK((*candidates)[1].source.is_pool);
    CHECK((*candidates)[2].source.as_written == "pool.corp.example");
    CHECK((*candidates)[3].membership == Membership::ours);
    CHECK((*candidates)[4].membership == Membership::none);
    CHECK((*candidates)[4].source.permitted);
}

TEST_CASE("a host that the daemon has already is not a second candidate, but permitted") {
    const DaemonView view = office();
    const auto candidates = known(with_hosts({"ntp1.corp.example"}), &view);
    REQUIRE(candidates->size() == 4);
    CHECK(candidates->front().source.permitted);
    CHECK(candidates->front().membership == Membership::foreign);
}

TEST_CASE("an allow list leaves nothing else but what the daemon has") {
    const DaemonView view = office();
    Config config = with_hosts({"ntp5.corp.example", "ntp6.corp.example"});
    config.candidates.allow = {"ntp6.corp.example", "ntp7.corp.example"};
    const auto candidates = known(config, &view);
    std::vector<std::string> names;
    for (const Candidate& candidate : *candidates) names.push_back(candidate.source.as_written);
    CHECK(names == std::vector<std::string>{"ntp1.corp.example", "pool.corp.example",
                                            "pool.corp.example", "ntp9.corp.example",
                                            "ntp6.corp.example", "ntp7.corp.example"});
}

TEST_CASE("a noselect line is measured, but is no member and never chosen") {
    DaemonView view = office();
    view.config->sources[0].noselect = true;
    const auto candidates = known({}, &view);
    CHECK(candidates->front().membership == Membership::none);
    CHECK_FALSE(candidates->front().selectable);
}

TEST_CASE("a source somebody added by a command is foreign and has no file") {
    DaemonView view = office();
    view.state->sources.push_back(listed("10.0.0.77", "10.0.0.77"));
    const auto candidates = known({}, &view);
    CHECK(candidates->back().source.as_written == "10.0.0.77");
    CHECK(candidates->back().membership == Membership::foreign);
    CHECK(candidates->back().source.origin.file.empty());
}

TEST_CASE("a name that chrony takes and our grammar does not is asked by its address") {
    DaemonView view = office();
    view.config->sources[0].name = view.state->sources[0].name = "ntp1.corp.example.";
    const auto candidates = known({}, &view);
    REQUIRE(candidates->size() == 4);
    CHECK(candidates->front().source.as_written == "ntp1.corp.example.");
    CHECK(to_string(*candidates->front().address) == "10.0.0.1");
    CHECK(candidates->front().source.host.name == "ntp1.corp.example");
}

TEST_CASE("a source that somebody gave the daemon with nts by a command is asked by NTS") {
    DaemonView view = office();
    view.state->sources.push_back(listed("added.example", "10.0.0.7"));
    view.state->sources.back().authentication = Authentication::nts;
    const Candidate candidate = known({}, &view)->back();
    CHECK(candidate.source.as_written == "nts://added.example");
    CHECK(candidate.source.host == HostName{"added.example", 4460, true});
    CHECK(candidate.source.authentication == Authentication::nts);
    CHECK(candidate.membership == Membership::foreign);
}

TEST_CASE("an NTS line is asked by its name, without the dot of the root") {
    DaemonView view = office();
    view.config->sources = {line("server ntp1.corp.example. nts", "/etc/chrony/chrony.conf", 3),
                            line("server ntp2- nts", "/etc/chrony/chrony.conf", 4)};
    view.state->sources.clear();
    const auto candidates = *known({}, &view);
    REQUIRE(candidates.size() == 2);
    CHECK(to_string(candidates[0].source.host) == "nts://ntp1.corp.example");
    CHECK(candidates[0].source.as_written == "nts://ntp1.corp.example.");
    CHECK(candidates[1].source.host.name == "");  // no look-up can be made of that
    CHECK(candidates[1].source.as_written == "nts://ntp2-");
}

TEST_CASE("candidates come in one order: daemon, lease, platform, hosts, catalogue, pool") {
    const DaemonView view = office();
    const TreeHost host = cloud_machine();
    Surroundings around;
    around.host = &host;
    around.time_zone = "Europe/Zurich";
    around.resolve = PoolNames{{{"2.ch.pool.ntp.org", members("198.51.100.", 4)}}};
    Config config = with_hosts({"ntp5.corp.example"});
    CHECK(origins(*known(config, &view, around)) ==
          std::vector<std::string>{"ntp1.corp.example /etc/chrony/chrony.conf:3",
                                   "pool.corp.example /etc/chrony/chrony.conf:4",
                                   "pool.corp.example /etc/chrony/chrony.conf:4",
                                   "ntp9.corp.example /etc/chrony/sources.d/clockwright.sources:2",
                                   "10.20.0.4 /run/systemd/netif/leases/2:1",
                                   "ntp2.corp.example /run/systemd/netif/leases/2:1",
                                   "169.254.169.123 platform", "fd00:ec2::123 platform",
                                   "ntp5.corp.example hosts"});
    config.candidates.internet = true;
    const auto loud = *known(config, &view, around);
    CHECK(loud[9].source.origin.kind == Origin::Kind::catalogue);
    CHECK(loud.back().source.origin.kind == Origin::Kind::pool);
    CHECK(origins(loud) == origins(*known(config, &view, around)));
}

TEST_CASE("without discover only the daemon's sources and hosts are candidates") {
    const TreeHost host = cloud_machine();
    Surroundings around;
    around.host = &host;
    Config config = with_hosts({"ntp5.corp.example"});
    config.candidates.discover = false;
    CHECK(known(config, nullptr, around)->size() == 1);
    config.candidates.discover = true;
    CHECK(known(config, nullptr, around)->size() == 5);
}

TEST_CASE("what the daemon has by name or address is no second candidate from a lease") {
    const DaemonView view = office();
    TreeHost host;
    host.files["/run/systemd/netif/leases/2"] = "NTP=10.0.0.1 ntp9.corp.example 10.0.0.8\n";
    Surroundings around;
    around.host = &host;
    const auto candidates = *known({}, &view, around);
    REQUIRE(candidates.size() == 5);
    CHECK(candidates.front().membership == Membership::foreign);
    CHECK(candidates.back().source.as_written == "10.0.0.8");
    CHECK(candidates.back().membership == Membership::none);
}

TEST_CASE("a lease that chronyd reads itself stays the daemon's, with its file") {
    DaemonView view = office();
    const std::string file = "/run/chrony-dhcp/eth0.sources";
    view.config->files = {file};
    view.config->sources = {line("server 10.0.0.7 iburst", file, 1)};
    TreeHost host;
    host.files[file] = "server 10.0.0.7 iburst\n";
    Surroundings around;
    around.host = &host;
    view.state->sources = {listed("10.0.0.7", "10.0.0.7")};
    const auto candidates = *known({}, &view, around);
    REQUIRE(candidates.size() == 1);
    CHECK(candidates.front().membership == Membership::foreign);
    CHECK(to_string(candidates.front().source.origin) == file + ":1");
}

TEST_CASE("the platform's hardware clock is named in a note and is no candidate") {
    const TreeHost host = cloud_machine();
    Surroundings around;
    around.host = &host;
    const Gathered gathered = *gather_known({}, nullptr, around);
    CHECK(gathered.candidates.size() == 4);
    REQUIRE(gathered.notes.size() == 1);
    CHECK(gathered.notes.front().starts_with("/dev/ptp0 (ena-ptp-05)"));
}

TEST_CASE("the internet is asked only when the user says so") {
    int asked = 0;
    Surroundings around;
    around.resolve = PoolNames{{}, &asked};
    const auto quiet = known(with_hosts({"a.example"}), nullptr, around);
    CHECK(quiet->size() == 1);
    CHECK(asked == 0);
    Config config = with_hosts({"a.example"});
    config.candidates.internet = true;
    const auto loud = known(config, nullptr, around);
    CHECK(loud->size() == 40);  // addresses of a run
    CHECK(loud->back().source.origin.kind == Origin::Kind::catalogue);
    CHECK(asked == 1);  // no time zone: the whole world's zone alone
}

TEST_CASE("a pool zone has at most four members, each with its address, and is one line") {
    Surroundings around;
    around.time_zone = "Europe/Vaduz";
    around.resolve = PoolNames{{{"2.li.pool.ntp.org", members("198.51.100.", 2)},
                                {"2.europe.pool.ntp.org", members("203.0.113.", 7)},
                                {"2.pool.ntp.org", members("192.0.2.", 8)}}};
    Config config = with_hosts({"10.0.0.1"});
    config.candidates.internet = true;
    const Gathered gathered = *gather_known(config, nullptr, around);
    CHECK(gathered.candidates.size() == 41);  // one of them private
    for (std::size_t i = 37; i < 41; ++i) {
        const Candidate& member = gathered.candidates[i];
        CHECK(member.source.as_written == "2.europe.pool.ntp.org");
        CHECK(member.source.is_pool);
        CHECK(member.source.kind == ServerKind::pool);
        CHECK(member.source.operator_name == "NTP Pool");
        CHECK(to_string(*member.address) == "203.0.113." + std::to_string(i - 36));
    }
    REQUIRE_FALSE(gathered.notes.empty());
    CHECK(gathered.notes.front() ==
          "Pool zones: 2.li.pool.ntp.org has only 2 addresses; "
          "2.europe.pool.ntp.org is used.");
}

TEST_CASE(
    "within a day of the last search only whom it chose is asked, and a note says until when") {
    int asked = 0;
    Surroundings around;
    around.time_zone = "Europe/Berlin";
    around.now = WallTime{std::chrono::seconds(1'800'000'000)};
    around.resolve = PoolNames{{{"2.de.pool.ntp.org", members("198.51.100.", 4)}}, &asked};
    Config config;
    config.candidates.internet = true;
    config.select.nts = "off";
    const Gathered first = *gather_known(config, nullptr, around);
    Search search{.at = around.now, .asked = {}};
    for (const Candidate& one : first.candidates) {
        const bool pool = one.source.is_pool;
        search.asked.push_back({one.source.host.name, pool ? one.address : std::nullopt});
    }
    search.asked.front().chosen = search.asked.back().chosen = true;
    around.last_search = search;
    asked = 0;

    around.now += std::chrono::minutes(30);  // its samples serve
    CHECK(origins(gather_known(config, nullptr, around)->candidates) == origins(first.candidates));
    around.now += std::chrono::hours(22);
    const Gathered later = *gather_known(config, nullptr, around);
    REQUIRE(later.candidates.size() == 2);
    CHECK(later.candidates[0].source.host == first.candidates.front().source.host);
    CHECK(later.candidates[1].address == first.candidates.back().address);
    CHECK(asked == 0);
    REQUIRE(later.notes.size() == 1);
    CHECK(later.notes.front().starts_with(
        "The internet was searched for servers at 2027-01-15T08:00:00Z and will not be again "
        "before 2027-01-16T08:00:00Z"));
    around.now += std::chrono::hours(2);
    CHECK(origins(gather_known(config, nullptr, around)->candidates) == origins(first.candidates));
    CHECK(asked > 0);
}

TEST_CASE("where the daemon has a pool already no zone is added, and none is resolved") {
    DaemonView view = office();
    view.config->sources.push_back(line("pool 2.debian.pool.ntp.org", "/etc/chrony.conf", 9));
    int asked = 0;
    Surroundings around;
    around.resolve = PoolNames{{{"2.pool.ntp.org", members("192.0.2.", 4)}}, &asked};
    Config config;
    config.candidates.internet = true;
    const Gathered gathered = *gather_known(config, &view, around);
    CHECK(asked == 0);
    CHECK(gathered.candidates.back().source.origin.kind == Origin::Kind::catalogue);
    CHECK(gathered.candidates[4].source.kind == ServerKind::pool);
    CHECK(gathered.candidates[4].selectable);  // it stays whatever we say
    CHECK(gathered.notes.front().find("2.debian.pool.ntp.org is there") != std::string::npos);
}

TEST_CASE("a server of UT1 is measured, never chosen, and a hazard where the daemon has it") {
    DaemonView view = office();
    view.config->sources[0].name = view.state->sources[0].name = "ut1-wwv.nist.gov";
    const Gathered gathered = *gather_known(with_hosts({"ut1-time.colorado.edu"}), &view, {});
    CHECK_FALSE(gathered.candidates.front().selectable);
    CHECK(gathered.candidates.front().why_not_selectable == "serves UT1, not UTC");
    CHECK_FALSE(gathered.candidates.back().selectable);
    REQUIRE(gathered.notes.size() == 1);
    CHECK(gathered.notes.front().starts_with(
        "Hazard: ut1-wwv.nist.gov (/etc/chrony/chrony.conf:3) serves UT1"));
    const Judged judged = judge(gathered.candidates, {});
    CHECK(judged.selection.assessments.front().reason.starts_with("serves UT1, not UTC"));
}

TEST_CASE("a lease does not give permission where an operator or a vendor keeps it") {
    struct Row {
        const char* host;
        bool selectable;
    };
    const Row rows[] = {{"0.debian.pool.ntp.org", false},
                        {"zg1.ntp.carnet.hr", false},
                        {"time.nmisa.org", false},
                        {"2.ch.pool.ntp.org", true},
                        {"ntp.se", true},
                        {"10.0.0.1", true}};
    for (const Row& row : rows) {
        CAPTURE(row.host);
        TreeHost host;
        host.files["/run/systemd/netif/leases/2"] = std::string("NTP=") + row.host + "\n";
        Surroundings around;
        around.host = &host;
        CHECK(known({}, nullptr, around)->front().selectable == row.selectable);
        CHECK(known(with_hosts({row.host}), nullptr, around)->front().selectable);
        CHECK(known(with_hosts({row.host}), nullptr)->front().selectable);
    }
}

TEST_CASE("an nts:// host is authenticated by NTS, any other is not") {
    const auto given = gather_given({"nts://a.example", "a.example"});
    REQUIRE(given->size() == 2);
    CHECK(given->at(0).source.authentication == Authentication::nts);
    CHECK(given->at(0).source.host.port == 4460);
    CHECK(given->at(1).source.authentication == Authentication::none);
    const auto configured = known(with_hosts({"nts://a.example:4461"}), nullptr);
    REQUIRE(configured->size() == 1);
    CHECK(configured->at(0).source.authentication == Authentication::nts);
}

TEST_CASE("two names of one address are one server: the daemon's stays, the other is its twin") {
    const DaemonView view = office();
    auto candidates = *known(with_hosts({"alias.corp.example"}), &view);
    candidates.back().address = parse_address("10.0.0.9");
    const Judged judged = judge(candidates, with_hosts({}));
    CHECK(judged.candidates.size() == 4);
    REQUIRE(judged.twins.size() == 1);
    CHECK(judged.twins.front().candidate.source.as_written == "alias.corp.example");
    CHECK(judged.candidates[judged.twins.front().of].source.as_written == "ntp9.corp.example");
    const ScanReport report = report_of(judged, {}, {});
    CHECK(report.rows.size() == 5);
}

TEST_CASE("private present sources make the domain internal, with what the owner provides") {
    const DaemonView view = office();
    const auto candidates = *known({}, &view);
    const Judged internal = judge(candidates, {});
    CHECK(internal.settings.domain == TrustDomain::internal);
    CHECK(internal.settings.minimum == 4);
    CHECK(internal.settings.max_stratum == 8);
    const Judged two = judge({candidates[0], candidates[1]}, {});
    CHECK(two.settings.minimum == 2);
    const Judged one = judge({candidates[0]}, {});
    CHECK(one.settings.minimum == 2);
    Config wanted;
    wanted.select.trust_domain = "public";
    CHECK(judge(candidates, wanted).settings.domain == TrustDomain::public_internet);
    CHECK(judge(*gather_given({"10.0.0.1"}), {}).settings.domain == TrustDomain::public_internet);
}

TEST_CASE("the user's word opens what a lease may not, under another name of the server") {
    TreeHost host;
    host.files["/run/systemd/netif/leases/2"] = "NTP=zg1.ntp.carnet.hr\n";
    Surroundings around;
    around.host = &host;
    auto candidates = *known(with_hosts({"alias.example"}), nullptr, around);
    REQUIRE(candidates.size() == 2);
    for (Candidate& candidate : candidates) candidate.address = parse_address("198.51.100.9");
    const Judged judged = judge(candidates, {});
    REQUIRE(judged.candidates.size() == 1);
    CHECK(judged.candidates.front().selectable);
    candidates.back().source.permitted = false;
    CHECK_FALSE(judge(candidates, {}).candidates.front().selectable);
}
