#include "daemon/chrony_source_line.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace clockwright;
using namespace clockwright::chrony;
using Strings = std::vector<std::string>;

namespace {

/// A line with a distinct value in every option.
SourceLine with_everything() {
    SourceLine line;
    line.type = SourceLine::Type::pool;
    line.name = "time.example";
    line.port = 11123;
    line.iburst = line.burst = line.prefer = line.noselect = line.trust = line.require = true;
    line.nts = line.xleave = line.offline = line.auto_offline = line.copy = true;
    line.ipv4 = line.ipv6 = line.mono_root = line.net_correction = true;
    line.minpoll = -7;
    line.maxpoll = 9;
    line.maxsources = 3;
    line.polltarget = 31;
    line.presend = 8;
    line.minstratum = 2;
    line.minsamples = 7;
    line.maxsamples = 33;
    line.maxunreach = 1000;
    line.ntsport = 4461;
    line.version = 3;
    line.filter = 5;
    line.key = 4294967295;
    line.certset = 12;
    line.maxdelay = 0.3;
    line.maxdelayratio = 2.5;
    line.maxdelaydevratio = 11;
    line.maxdelayquant = 0.2;
    line.mindelay = 1e-6;
    line.asymmetry = -0.25;
    line.offset = 0.001;
    return line;
}

}  // namespace

TEST_CASE("a source line is read with type, name and options in any case") {
    const auto line =
        parse_source_line("  SERVER\tntp4.corp.example  IBurst minpoll 6 MAXPOLL +10 ");
    REQUIRE(line);
    CHECK(line->type == SourceLine::Type::server);
    CHECK(line->name == "ntp4.corp.example");
    CHECK(line->iburst);
    CHECK(line->minpoll == 6);
    CHECK(line->maxpoll == 10);
    CHECK(line->port == 123);
    CHECK_FALSE(line->prefer);
    CHECK(line->unknown_options.empty());
    CHECK(parse_source_line("peer a")->type == SourceLine::Type::peer);
    CHECK(parse_source_line("pool a")->type == SourceLine::Type::pool);
}

TEST_CASE("what is no source line gives nothing and no fault") {
    for (const std::string text :
         {"", "   ", "\r", "#server a", " ! server a", ";server a", "% server a", "makestep 1 3",
          "servers a", "allow", "refclock SHM 0"}) {
        CAPTURE(text);
        Strings faults;
        CHECK_FALSE(parse_source_line(text, &faults));
        CHECK(faults.empty());
    }
}

TEST_CASE("every option is rendered and read back") {
    const SourceLine line = with_everything();
    Strings faults;
    const auto back = parse_source_line(render(line), &faults);
    CHECK(faults == Strings{});
    REQUIRE(back);
    CHECK(render(*back) == render(line));
    CHECK(*back == line);
}

TEST_CASE("a line is rendered without what is at its default") {
    struct Row {
        std::string text, rendered;
    };
    for (const Row& row : std::vector<Row>{
             {"server ntp4.corp.example maxpoll 6 minpoll 6 iburst",
              "server ntp4.corp.example iburst minpoll 6 maxpoll 6"},
             {"server a port 123", "server a"},
             {"peer 192.0.2.1 port 1123 key 7", "peer 192.0.2.1 port 1123 key 7"},
             {"pool 2.debian.pool.ntp.org iburst", "pool 2.debian.pool.ntp.org iburst"},
             {"server a maxdelay 0.10", "server a maxdelay 0.1"},
             {"server a extfield f323 nts certset 0", "server a nts certset 0 extfield F323"},
             {"server a minpoll 4 minpoll 5", "server a minpoll 5"},
             {"server a blue minpoll x burst", "server a burst blue minpoll x"}}) {
        CAPTURE(row.text);
        const auto line = parse_source_line(row.text);
        REQUIRE(line);
        CHECK(render(*line) == row.rendered);
        CHECK(parse_source_line(row.rendered) == line);
    }
}

TEST_CASE("what chronyd would not take is a fault and stays in the record") {
    struct Row {
        std::string text;
        Strings unknown, faults;
    };
    for (const Row& row : std::vector<Row>{
             {"server a foo", {"foo"}, {"unknown option foo"}},
             {"server a foo 6 iburst", {"foo", "6"}, {"unknown option foo", "unknown option 6"}},
             {"server a # no", {"#", "no"}, {"unknown option #", "unknown option no"}},
             {"server a minpoll", {"minpoll"}, {"option minpoll has no value"}},
             {"server a minpoll six", {"minpoll six"}, {"option minpoll cannot be six"}},
             {"server a minpoll 6x", {"minpoll 6x"}, {"option minpoll cannot be 6x"}},
             {"server a minpoll 6.5", {"minpoll 6.5"}, {"option minpoll cannot be 6.5"}},
             {"server a minpoll +-6", {"minpoll +-6"}, {"option minpoll cannot be +-6"}},
             {"server a maxpoll 99999999999",
              {"maxpoll 99999999999"},
              {"option maxpoll cannot be 99999999999"}},
             {"server a port 0", {"port 0"}, {"option port cannot be 0"}},
             {"server a port 65536", {"port 65536"}, {"option port cannot be 65536"}},
             {"server a ntsport 65536", {"ntsport 65536"}, {"option ntsport cannot be 65536"}},
             {"server a version 5", {"version 5"}, {"option version cannot be 5"}},
             {"server a key 0", {"key 0"}, {"option key cannot be 0"}},
             {"server a key -1", {"key -1"}, {"option key cannot be -1"}},
             {"server a maxdelay nan", {"maxdelay nan"}, {"option maxdelay cannot be nan"}},
             {"server a offset inf", {"offset inf"}, {"option offset cannot be inf"}},
             {"server a extfield F325", {"extfield F325"}, {"option extfield cannot be F325"}}}) {
        CAPTURE(row.text);
        Strings faults;
        const auto line = parse_source_line(row.text, &faults);
        REQUIRE(line);
        CHECK(line->unknown_options == row.unknown);
        CHECK(faults == row.faults);
        CHECK(parse_source_line(render(*line)) == line);
    }
}

TEST_CASE("a directive without a name is a fault and no source") {
    Strings faults;
    CHECK_FALSE(parse_source_line("Server", &faults));
    CHECK(faults == Strings{"server directive without a name"});
}

TEST_CASE("pathological lines end in words or in nothing") {
    CHECK(words(std::string_view("server\0a", 8)).size() == 1);
    CHECK(words("server a\r").size() == 2);
    CHECK(words("\v\f server\ta").size() == 2);
    CHECK(words(std::string(100000, ' ')).empty());
    const std::string long_name(100000, 'a');
    REQUIRE(parse_source_line("server " + long_name));
    CHECK(parse_source_line("server " + long_name)->name == long_name);
    CHECK(parse_source_line("server \xff\xfe")->name == "\xff\xfe");
}

TEST_CASE("a source line tells its place as file and line") {
    SourceLine line;
    line.file = "/etc/chrony/chrony.conf";
    line.line = 3;
    CHECK(line.location() == "/etc/chrony/chrony.conf:3");
}
