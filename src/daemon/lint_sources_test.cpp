#include <doctest/doctest.h>

#include "tests/fakes/lint_case.h"

using namespace clockwright;

namespace {

std::string servers(std::initializer_list<const char*> names) {
    std::string text;
    for (const char* name : names) text += std::string("server ") + name + " iburst\n";
    return text;
}

SourceTraits of(const char* operator_name, Smear smear = Smear::none) {
    SourceTraits traits;
    traits.operator_name = operator_name;
    traits.smear = smear;
    traits.is_public = true;
    return traits;
}

SourceTraits pool_member() {
    SourceTraits traits = of("NTP Pool");
    traits.of_ntp_pool = true;
    return traits;
}

}  // namespace

TEST_CASE("a good chrony host and a good NTPsec host are clean") {
    CHECK(chrony_case().ids() == std::vector<std::string>{});
    CHECK(ntpsec_case().ids() == std::vector<std::string>{});
}

TEST_CASE("no source, one and two are errors, three a warning, four are right") {
    struct Row {
        std::initializer_list<const char*> names;
        const char* id;
        Severity severity;
    };
    for (const Row& row :
         {Row{{}, "no_source", Severity::error}, Row{{"a.example"}, "one_source", Severity::error},
          Row{{"a.example", "b.example"}, "two_sources", Severity::error},
          Row{{"a.example", "b.example", "c.example"}, "three_sources", Severity::warning}}) {
        const auto host = chrony_case("", servers(row.names));
        CAPTURE(row.id);
        CHECK(host.ids() == std::vector<std::string>{row.id});
        CHECK(host.find(row.id).severity == row.severity);
        CHECK(host.find(row.id).rule.starts_with("rules S-"));
        CHECK_FALSE(host.find(row.id).proposal.empty());
    }
}

TEST_CASE("a pool counts as its members, a noselect line as none, a reference clock as one") {
    CHECK(chrony_case("", "pool ntp.corp.example maxsources 4\n").ids().empty());
    CHECK(chrony_case("", servers({"a.e", "b.e", "c.e"}) + "server d.e noselect\n")
              .has("three_sources"));
    CHECK(chrony_case("refclock PHC /dev/ptp0\n", servers({"a.e", "b.e", "c.e"})).ids().empty());
}

TEST_CASE("the platform's one source is a warning, not an error") {
    auto host = chrony_case("", servers({"169.254.169.123"}));
    host.traits = [](const SourceLine&) {
        SourceTraits traits;
        traits.is_platform = true;
        return traits;
    };
    CHECK(host.find("one_source").severity == Severity::warning);
}

TEST_CASE("more agreeing sources are asked for than there are") {
    CHECK(chrony_case("minsources 5\n").find("minimum_above_sources").proposal == "minsources 3");
    CHECK(ntpsec_case("tos minclock 4 minsane 6\n").has("minimum_above_sources"));
    CHECK_FALSE(ntpsec_case("tos minclock 4 minsane 3\n").has("minimum_above_sources"));
}

TEST_CASE("a smearer beside others is an error, beside unknown ones a warning") {
    auto host = chrony_case("", servers({"time.google.com", "a.e", "b.e", "c.e"}));
    host.host.leap_sources.clear();
    host.traits = strangers({{"google.com", of("Google", Smear::google)}, {"a.e", of("A")}});
    CHECK(host.find("smear_mixed").severity == Severity::error);
    CHECK(host.find("smear_mixed").what ==
          "time.google.com (/etc/chrony/chrony.conf:1) smears leap seconds and a.e "
          "(/etc/chrony/chrony.conf:2) does not");
    host.traits = strangers({{"google.com", of("Google", Smear::google)}});
    CHECK_FALSE(host.has("smear_mixed"));
    CHECK(host.find("smear_beside_unknown").severity == Severity::warning);
    host.traits = [](const SourceLine&) { return of("Google", Smear::google); };
    CHECK_FALSE(host.has("smear_beside_unknown"));
}

TEST_CASE("two ways of smearing, and a smearer beside a reference clock, are mixtures too") {
    auto host = chrony_case("", servers({"time.google.com", "time.facebook.com", "c.e", "d.e"}));
    host.traits = strangers({{"google.com", of("Google", Smear::google)},
                             {"facebook.com", of("Meta", Smear::facebook)}});
    CHECK(host.has("smear_mixed"));
    auto ec2 = chrony_case("refclock PHC /dev/ptp0\n", servers({"169.254.169.123"}));
    ec2.traits = [](const SourceLine&) { return of("Amazon", Smear::aws); };
    CHECK(ec2.has("smear_mixed"));
}

TEST_CASE("clients of smearers must not load a table of leap seconds") {
    auto host = chrony_case();
    host.traits = [](const SourceLine&) { return of("Google", Smear::google); };
    CHECK(host.find("leap_table_beside_smear").line == 9);
}

TEST_CASE("most sources of one operator") {
    auto host = chrony_case();
    host.traits = strangers({{"ntp1.corp.example", of("A")},
                             {"ntp2.corp.example", of("A")},
                             {"ntp3.corp.example", of("B")}});
    CHECK(host.find("operator_majority").what ==
          "2 of 4 sources are A's (from /etc/chrony/chrony.conf:1 on)");
    host.traits = [](const SourceLine&) { return of("A"); };
    CHECK(host.has("one_operator"));
    host.traits = [](const SourceLine&) { return pool_member(); };
    CHECK_FALSE(host.has("one_operator"));
}

TEST_CASE("one NTS source outvotes plain ones in chrony, and not in NTPsec") {
    const std::string lines = servers({"a.e", "b.e", "c.e"}) + "server nts.e nts\n";
    CHECK(chrony_case("", lines).find("nts_outvotes").rule == "rules A-2");
    CHECK_FALSE(chrony_case("authselectmode ignore\n", lines).has("nts_outvotes"));
    CHECK_FALSE(ntpsec_case("", lines).has("nts_outvotes"));
    const std::string three = lines + "server nts2.e nts\nserver nts3.e nts\n";
    CHECK_FALSE(chrony_case("", three).has("nts_outvotes"));
}

TEST_CASE("NTS alone wants three operators and a way in at a first boot") {
    auto host = chrony_case("", "server a.e nts\nserver b.e nts\nserver c.e nts\nserver d.e nts\n");
    CHECK_FALSE(host.has("nts_few_operators"));
    CHECK(host.has("nts_first_boot"));
    host.traits = [](const SourceLine& line) { return of(line.name == "a.e" ? "A" : "B"); };
    CHECK(host.has("nts_few_operators"));
    host.files[host.main_file] += "nocerttimecheck 1\n";
    CHECK_FALSE(host.has("nts_first_boot"));
}

TEST_CASE("trust and prefer on a single source") {
    const std::string lines = servers({"a.e", "b.e", "c.e"});
    CHECK(chrony_case("", lines + "server d.e trust\n").find("trust_single").line == 4);
    CHECK(chrony_case("", lines + "server d.e prefer\n").find("prefer_single").severity ==
          Severity::advice);
}

TEST_CASE("one server in two lines") {
    const auto host = chrony_case("", servers({"a.e", "b.e", "c.e", "d.e", "A.e"}));
    CHECK(host.find("duplicate_source").what ==
          "/etc/chrony/chrony.conf:5 names A.e, as /etc/chrony/chrony.conf:1 does");
    CHECK_FALSE(chrony_case("", servers({"a.e", "b.e", "c.e"}) + "server a.e port 1123\n")
                    .has("duplicate_source"));
}

TEST_CASE("of a lease and a line that name one server the line can go") {
    auto host = chrony_case("sourcedir /run/chrony-dhcp\n", servers({"a.e", "b.e", "c.e", "d.e"}));
    host.files["/run/chrony-dhcp/eth0.sources"] = "server b.e iburst\n";
    CHECK(host.find("duplicate_source").proposal.ends_with("chrony.conf:2"));
}

TEST_CASE("polls and bursts below the etiquette: to strangers only") {
    const std::string lines = servers({"a.e", "b.e", "c.e"});
    for (const char* options : {"minpoll 4", "minpoll 4 maxpoll 5", "minpoll -2 maxpoll 5"}) {
        CAPTURE(options);
        auto host = chrony_case("", lines + "server d.e " + options + "\n");
        CHECK_FALSE(host.has("poll_too_fast"));
        host.traits = strangers();
        CHECK(host.find("poll_too_fast").line == 4);
    }
    auto host = chrony_case("", lines + "server d.e burst\nserver e.e minpoll 6 maxpoll 6\n");
    host.traits = strangers();
    CHECK(host.ids() == std::vector<std::string>{"burst"});
}

TEST_CASE("the pool is asked for four servers at most, and as a pool") {
    auto host = chrony_case("", "pool 2.debian.pool.ntp.org iburst\n");
    host.traits = [](const SourceLine&) { return pool_member(); };
    CHECK(host.ids().empty());
    host.files[host.main_file] += "pool 1.debian.pool.ntp.org iburst\n";
    CHECK(host.find("pool_crowd").what.starts_with("8 members"));
    auto debian = ntpsec_case("",
                              "pool 0.debian.pool.ntp.org\npool 1.debian.pool.ntp.org\n"
                              "pool 2.debian.pool.ntp.org\npool 3.debian.pool.ntp.org\n");
    debian.traits = host.traits;
    CHECK(debian.ids().empty());
    auto members = ntpsec_case(
        "", servers({"0.pool.ntp.org", "1.pool.ntp.org", "2.pool.ntp.org", "3.pool.ntp.org"}));
    members.traits = host.traits;
    CHECK(members.find("pool_as_server").severity == Severity::advice);
}

TEST_CASE("names that cannot exist") {
    struct Row {
        const char* name;
        bool impossible;
    };
    for (const Row& row : {Row{"4.pool.ntp.org", true}, Row{"1.time.cloudflare.com", true},
                           Row{"1.0.europe.pool.ntp.org", true}, Row{"0.pool.pool.ntp.org", true},
                           Row{"3.ch.pool.ntp.org", false}, Row{"pool.ntp.org", false},
                           Row{"2.debian.pool.ntp.org", false}, Row{"10.1.2.3", false}}) {
        CAPTURE(row.name);
        CHECK(chrony_case("", servers({"a.e", "b.e", "c.e", row.name})).has("impossible_name") ==
              row.impossible);
    }
}

TEST_CASE("servers of UT1 and servers that are not for everybody") {
    auto host = chrony_case();
    host.traits = [](const SourceLine& line) {
        SourceTraits traits = of("NIST");
        traits.operator_name = line.name;
        if (line.name == "ntp2.corp.example") traits.timescale = Timescale::ut1;
        if (line.name == "ntp3.corp.example") traits.restricted = true;
        return traits;
    };
    CHECK(host.ids() == std::vector<std::string>{"ut1_server", "restricted_server"});
}

TEST_CASE("sources that all begin offline, and Autokey") {
    CHECK(chrony_case("", "pool a.e offline\n").has("all_offline"));
    CHECK_FALSE(chrony_case("", "pool a.e offline\nserver b.e\n").has("all_offline"));
    CHECK(ntpsec_case("", std::string(four_servers) + "server e.e autokey\n").has("autokey"));
}
