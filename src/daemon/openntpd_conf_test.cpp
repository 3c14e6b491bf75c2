#include "daemon/openntpd_conf.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <iterator>

#include "daemon/dialect.h"
#include "daemon/marks.h"

using namespace clockwright;
using namespace clockwright::openntpd;

namespace {

const std::string path = "/etc/openntpd/ntpd.conf";

DaemonConfig parsed(const std::string& text) {
    const ConfigFiles files{
        .read = [&](const std::string&) -> Result<std::string> { return text; },
        .list = [](const std::string&, std::string_view) { return std::vector<std::string>{}; },
        .glob = [](const std::string&) { return std::vector<std::string>{}; }};
    const auto config = openntpd::parse(path, files);
    REQUIRE(config);
    return *config;
}

std::string golden(const std::string& name) {
    std::ifstream file(CLOCKWRIGHT_SOURCE_DIR "/tests/golden/openntpd/" + name, std::ios::binary);
    REQUIRE_MESSAGE(file.good(), name);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// All that was read, a line each.
std::string shown(const DaemonConfig& config) {
    std::string text = config.serves_time ? "serves time\n" : "";
    for (const auto& source : config.sources)
        text += fmt::format("{}{}{} {}\n", source.line,
                            source.last_line == 0 ? "" : fmt::format("-{}", source.last_line),
                            source.ours ? " (ours)" : "", openntpd::render(source));
    for (const auto& directive : config.directives)
        text += fmt::format("{} ({}) {}\n", directive.line, directive.name,
                            fmt::join(directive.arguments, "|"));
    for (const auto& fault : config.faults) text += fmt::format("fault {}\n", fault);
    return text;
}

SourceLine without_place(SourceLine line) {
    line.file.clear();
    line.line = line.last_line = 0;
    line.ours = false;
    return line;
}

}  // namespace

TEST_CASE("configurations as they are found are read as OpenNTPD reads them") {
    for (const std::string name :
         {"debian", "openbsd", "openbsd_old", "alpine", "freebsd", "lan_server", "weights",
          "sensors", "continued", "quoted", "ours", "faulty", "no_newline"}) {
        CAPTURE(name);
        const auto config = parsed(golden(name + ".conf"));
        CHECK(shown(config) == golden(name + ".expected"));
        for (const auto& source : config.sources) {
            CAPTURE(openntpd::render(source));
            CHECK(openntpd::parse_source_line(openntpd::render(source)) == without_place(source));
        }
    }
}

TEST_CASE("lines that ntpd -n of 6.2p3 takes and refuses") {
    const std::string with_nul("server a\0b\n", 11);
    struct Row {
        std::string text;
        bool good;
    };
    for (const Row& row :
         std::vector<Row>{{"server 10.0.0.1\n", true},
                          {"server 10.0.0.1", false},
                          {"server 10.0.0.1 weight 3\n", true},
                          {"server 10.0.0.1 weight 11\n", false},
                          {"server 10.0.0.1 weight 0\n", false},
                          {"server 10.0.0.1 weight\n", false},
                          {"server 10.0.0.1 weight 2 weight 3\n", true},
                          {"server 10.0.0.1 weight \"3\"\n", false},
                          {"server 10.0.0.1 weight 5x\n", false},
                          {"server 10.0.0.1 10.0.0.2\n", false},
                          {"server \\\n10.0.0.1\n", true},
                          {"server \"10.0.0.1\n", false},
                          {"server \"10.0.\n0.1\"\n", true},
                          {"server 10.0.0.1#x\n", true},
                          {"# x \\\nserver 10.0.0.1 bogus\n", true},
                          {"server a \\\n# x\nserver b bogus\n", false},
                          {"Server 10.0.0.1\n", false},
                          {"server 10.0.0.1\r\n", false},
                          {"x = \"10.0.0.1\"\n", false},
                          {"include \"/tmp/x\"\n", false},
                          {"server 1234\n", false},
                          {"server \"1234\"\n", true},
                          {"server -4\n", false},
                          {"server 1a\n", true},
                          {"server server\n", false},
                          {"server \"weight\"\n", true},
                          {"\"server\" 10.0.0.1\n", false},
                          {"server a,b\n", false},
                          {"server a=b\n", false},
                          {"server a/b\n", false},
                          {"server (a)\n", false},
                          {"server a;b&c|d+e?f*g^h~i\n", true},
                          {"server .a\n", false},
                          {"server +a\n", false},
                          {"server _a\n", true},
                          {"server :a\n", true},
                          {"server [2001:db8::1]\n", false},
                          {"server 2001:db8::1\n", true},
                          {"server \"a\"weight 3\n", true},
                          {"server \"a\"b\n", false},
                          {"server a\"b\"\n", true},
                          {"server \xc3\xa9\n", false},
                          {"# \xc3\xa9\n", true},
                          {with_nul, false},
                          {"listen on *\n", true},
                          {"listen on * rtable 4\n", true},
                          {"listen on * rtable\n", false},
                          {"listen\n", false},
                          {"query from 192.0.2.1\n", true},
                          {"query from bogus.example\n", false},
                          {"sensor * weight 11\n", false},
                          {"sensor * refid ABCDE\n", false},
                          {"sensor * stratum 16\n", false},
                          {"sensor nmea0 correction -70000 weight 2 refid GPS stratum 3\n", true},
                          {"constraint from \"https://www.example.com\"\n", true},
                          {"constraint from https://www.example.com\n", false},
                          {"constraints from www.example.com\n", true},
                          {"", true},
                          {"   ", true},
                          {"# c", true},
                          {"server 10.0.0.1 # c", false}}) {
        CAPTURE(row.text);
        const auto config = parsed(row.text);
        CHECK(config.faults.empty() == row.good);
    }
}

TEST_CASE("backslashes are taken as OpenNTPD takes them") {
    struct Row {
        std::string text, name;
    };
    for (const Row& row : std::vector<Row>{{"server no\\such", "nosuch"},
                                           {"server \"no\\such\"", "no\\such"},
                                           {"server \"no\\\"such\"", "no\"such"},
                                           {"server \"no\\\nsuch\"", "nosuch"},
                                           {"server no\\\nsuch", "nosuch"},
                                           {"server no\\\\such", "no\\such"},
                                           {"server \"no\\\\such\"", "no\\\\such"},
                                           {"server 'a\"b'", "a\"b"}}) {
        CAPTURE(row.text);
        const auto line = openntpd::parse_source_line(row.text);
        REQUIRE(line);
        CHECK(line->name == row.name);
        CHECK(openntpd::parse_source_line(openntpd::render(*line)) == *line);
    }
}

TEST_CASE("names are quoted only where the scanner would not take them") {
    SourceLine line;
    for (const auto& [name, text] : std::vector<std::pair<std::string, std::string>>{
             {"ntp1.corp.example", "server ntp1.corp.example"},
             {"2001:db8::1", "server 2001:db8::1"},
             {"server", "server \"server\""},
             {"1234", "server \"1234\""},
             {"a b", "server \"a b\""},
             {"fe80::1%2", "server fe80::1%2"}}) {
        line.name = name;
        CHECK(openntpd::render(line) == text);
    }
}

TEST_CASE("of other daemons' options nothing is written") {
    SourceLine line;
    line.type = SourceLine::Type::pool;
    line.name = "pool.example";
    line.iburst = line.prefer = true;
    line.minpoll = 6;
    line.maxsources = 4;
    line.unknown_options = {"weight 5", "trusted", "xleave"};
    CHECK(openntpd::render(line) == "servers pool.example weight 5 trusted");
}

TEST_CASE("only lines that name a source are one") {
    std::vector<std::string> faults;
    CHECK_FALSE(openntpd::parse_source_line("listen on *", &faults));
    CHECK_FALSE(openntpd::parse_source_line("", &faults));
    CHECK_FALSE(openntpd::parse_source_line("server a\nserver b", &faults));
    CHECK(faults.empty());
    CHECK_FALSE(openntpd::parse_source_line("server a weight 12", &faults));
    CHECK(faults == std::vector<std::string>{"weight must be between 1 and 10"});
}

TEST_CASE("a takeover comments every line of a source out, and is read as if it were not there") {
    const auto text = golden("continued.conf");
    std::vector<int> lines;
    for (const auto& source : parsed(text).sources)
        for (int line = source.line; line <= std::max(source.line, source.last_line); ++line)
            lines.push_back(line);
    const auto taken = take_over(text, lines);
    CHECK(parsed(taken).sources.empty());
    CHECK(parsed(taken).faults.empty());
    const auto ours = with_block(taken, "server ntp1.example\n");
    CHECK(parsed(ours).sources.size() == 1);
    CHECK(parsed(ours).sources[0].ours);
    CHECK(differs_by_our_marks(text, ours));
}

TEST_CASE("a file that cannot be read is an error") {
    const ConfigFiles files{
        .read = [](const std::string&) -> Result<std::string> { return fail("cannot read it"); },
        .list = {},
        .glob = {}};
    CHECK_FALSE(openntpd::parse(path, files));
}
