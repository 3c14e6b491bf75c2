#include "daemon/ntpd_rs_conf.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <iterator>

#include "daemon/dialect.h"
#include "daemon/marks.h"

using namespace clockwright;

namespace {

const std::string path = "/etc/ntpd-rs/ntp.toml";

DaemonConfig parsed(const std::string& text) {
    const ConfigFiles files{.read = [&](const std::string&) -> Result<std::string> { return text; },
                            .list = {},
                            .glob = {}};
    const auto config = dialect_of(DaemonKind::ntpd_rs).parse(path, files);
    REQUIRE(config);
    return *config;
}

std::string golden(const std::string& name) {
    std::ifstream file(CLOCKWRIGHT_SOURCE_DIR "/tests/golden/ntpd_rs/" + name, std::ios::binary);
    REQUIRE_MESSAGE(file.good(), name);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// All that was read, a line each; tables on one.
std::string shown(const DaemonConfig& config) {
    std::string text = config.serves_time ? "serves time\n" : "";
    for (const auto& source : config.sources) {
        auto table = ntpd_rs::render(source);
        for (auto& c : table)
            if (c == '\n') c = '|';
        text += fmt::format("{}{}{} {}\n", source.line,
                            source.last_line == 0 ? "" : fmt::format("-{}", source.last_line),
                            source.ours ? " (ours)" : "", table);
    }
    for (const auto& directive : config.directives)
        text += fmt::format("{} ({}) {}\n", directive.line, directive.name,
                            fmt::join(directive.arguments, "|"));
    for (const auto& fault : config.faults) text += fmt::format("fault {}\n", fault);
    return text;
}

SourceLine without_place(SourceLine line) {
    line.line = line.last_line = 0;
    line.ours = false;
    return line;
}

}  // namespace

TEST_CASE("ntp.toml as it is found is read, and what is read is written back equal") {
    for (const std::string name :
         {"default", "nts", "lan_server", "addresses", "gps", "options", "no_sources", "ours",
          "inline", "faulty", "broken", "scattered"}) {
        CAPTURE(name);
        const auto config = parsed(golden(name + ".conf"));
        CHECK(shown(config) == golden(name + ".expected"));
        for (const auto& source : config.sources) {
            CAPTURE(ntpd_rs::render(source));
            const auto again = parsed(ntpd_rs::render(source));
            CHECK(again.faults.size() <= 1);  // a key that is none stays one
            REQUIRE(again.sources.size() == 1);
            CHECK(without_place(again.sources[0]) == without_place(source));
        }
    }
}

TEST_CASE("a takeover comments whole tables out and leaves the rest readable") {
    for (const std::string name : {"default", "nts", "lan_server", "options"}) {
        CAPTURE(name);
        const auto text = golden(name + ".conf");
        std::vector<int> lines;
        for (const auto& source : parsed(text).sources)
            for (int line = source.line; line <= std::max(source.line, source.last_line); ++line)
                lines.push_back(line);
        const auto taken = with_block(take_over(text, lines),
                                      "[[source]]\nmode = \"server\"\n"
                                      "address = \"ntp1.example\"\n");
        const auto after = parsed(taken);
        CHECK(after.faults.empty());
        REQUIRE(after.sources.size() == 1);
        CHECK(after.sources[0].ours);
        CHECK(after.directives.size() == parsed(text).directives.size());
        CHECK(differs_by_our_marks(text, taken));
    }
}

TEST_CASE("a count that is no whole number is an option like any other") {
    const auto config = parsed(
        "[[source]]\nmode = \"pool\"\naddress = \"pool.example\"\n"
        "count = 6e31\n");
    REQUIRE(config.sources.size() == 1);
    CHECK_FALSE(config.sources[0].maxsources);
    CHECK(config.sources[0].unknown_options.size() == 1);
}

TEST_CASE("a key behind our block is a fault: it would become another table's") {
    const std::string ours = with_block("[observability]\nlog-level = \"info\"\n",
                                        "[[source]]\nmode = \"server\"\naddress = \"a\"\n");
    CHECK(parsed(ours).faults.empty());
    const auto config = parsed(ours + "precision = 0.1\n");
    REQUIRE(config.faults.size() == 1);
    CHECK(config.faults[0].contains("ntp.toml:8: a key behind our block"));
    const auto twice = parsed(ours + ours.substr(ours.find(block_begin)));
    REQUIRE(twice.faults.size() == 1);
    CHECK(twice.faults[0].contains("our block is there twice"));
    CHECK(parsed(ours + "\n[[source]]\nmode = \"server\"\naddress = \"b\"\n").faults.empty());
}

TEST_CASE("our block within another's table is a fault: the table would lose its keys") {
    const auto config = parsed("[[source]]\nmode = \"server\"\n" + std::string(block_begin) +
                               "\naddress = \"a\"\n" + std::string(block_end) + "\n");
    REQUIRE(config.faults.size() == 1);
    CHECK(config.faults[0].contains("ntp.toml:1: our block stands within this table"));
}

TEST_CASE("the dialect writes tables apart by empty lines") {
    SourceLine server, secure;
    server.name = "2001:db8::1";
    server.iburst = true;
    secure.name = "nts.example";
    secure.nts = true;
    secure.ntsport = 4461;
    CHECK(dialect_of(DaemonKind::ntpd_rs).render({server, secure}) ==
          "[[source]]\nmode = \"server\"\naddress = \"[2001:db8::1]:123\"\n\n"
          "[[source]]\nmode = \"nts\"\naddress = \"nts.example:4461\"\n");
}
