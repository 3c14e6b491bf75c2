#include "daemon/ntp_conf.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "daemon/chrony_source_line.h"

using namespace clockwright;
using namespace clockwright::ntp_conf;

namespace {

const std::string main_path = "/etc/ntp.conf";

/// A tree of files, for the parser to read.
struct Tree {
    std::map<std::string, std::string> content;

    ConfigFiles files() const {
        return {.read = [this](const std::string& path) -> Result<std::string> {
                    const auto found = content.find(path);
                    if (found == content.end())
                        return fail(fmt::format("cannot read {}: no such file", path));
                    return found->second;
                },
                .list =
                    [this](const std::string& directory, std::string_view suffix) {
                        std::vector<std::string> paths;
                        for (const auto& [path, text] : content)
                            if (path.starts_with(directory + "/") && path.ends_with(suffix) &&
                                !path.substr(directory.size() + 1).contains('/'))
                                paths.push_back(path);
                        return paths;
                    },
                .glob = [](const std::string&) { return std::vector<std::string>{}; }};
    }
};

DaemonConfig parsed(const std::string& text) {
    const Tree tree{{{main_path, text}}};
    const auto config = ntp_conf::parse(main_path, tree.files());
    REQUIRE(config);
    return *config;
}

std::string golden(const std::string& name) {
    std::ifstream file(CLOCKWRIGHT_SOURCE_DIR "/tests/golden/ntp_conf/" + name, std::ios::binary);
    REQUIRE_MESSAGE(file.good(), name);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// All that was read, a line each.
std::string shown(const DaemonConfig& config) {
    std::string text;
    for (const auto& source : config.sources)
        text += fmt::format("{} {}\n", source.location(), ntp_conf::render(source));
    for (const auto& directive : config.directives)
        text += fmt::format("{}:{} ({}) {}\n", directive.file, directive.line, directive.name,
                            fmt::join(directive.arguments, "|"));
    for (const auto& fault : config.faults) text += fmt::format("fault {}\n", fault);
    return text;
}

SourceLine without_place(SourceLine line) {
    line.file.clear();
    line.line = 0;
    line.lease = false;
    return line;
}

SourceLine line_of(const std::string& text, std::vector<std::string>* faults = nullptr) {
    const auto line = parse_source_line(text, faults);
    REQUIRE_MESSAGE(line, text);
    return *line;
}

}  // namespace

TEST_CASE("the configurations of the distributions are read as their daemons read them") {
    for (const std::string name :
         {"debian_ntpsec", "debian_classic", "rhel7", "suse", "arch", "alpine", "freebsd", "nts",
          "gps_pps", "gps_pps_classic", "keys", "faulty"}) {
        CAPTURE(name);
        const auto config = parsed(golden(name + ".conf"));
        CHECK(shown(config) == golden(name + ".expected"));
        for (const auto& source : config.sources) {
            CAPTURE(ntp_conf::render(source));
            CHECK(parse_source_line(ntp_conf::render(source)) == without_place(source));
        }
    }
}

TEST_CASE("included files stand where they are named, NTPsec's ntp.d at the end and backward") {
    const Tree tree{{{"/etc/ntpsec/ntp.conf", golden("drop_ins.conf")},
                     {"/etc/ntpsec/extra.conf", "server extra.example\n"},
                     {"/etc/ntpsec/site/a.conf", "server a.site.example\nincludefile b.txt\n"},
                     {"/etc/ntpsec/site/b.txt", "server b.txt.example\n"},
                     {"/etc/ntpsec/site/c.conf", "server c.site.example"},
                     {"/etc/ntpsec/ntp.d/10.conf", "server 10.example\n"},
                     {"/etc/ntpsec/ntp.d/20.conf", "server 20.example\n"},
                     {"/etc/ntpsec/ntp.d/30.off", "server 30.example\n"}}};
    const auto config = ntp_conf::parse("/etc/ntpsec/ntp.conf", tree.files());
    REQUIRE(config);
    CHECK(config->main_file == "/etc/ntpsec/ntp.conf");
    CHECK(config->files ==
          std::vector<std::string>{"/etc/ntpsec/ntp.conf", "/etc/ntpsec/site/c.conf",
                                   "/etc/ntpsec/site/a.conf", "/etc/ntpsec/site/b.txt",
                                   "/etc/ntpsec/extra.conf", "/etc/ntpsec/ntp.d/20.conf",
                                   "/etc/ntpsec/ntp.d/10.conf"});
    CHECK(shown(*config) == golden("drop_ins.expected"));

    const auto classic = ntp_conf::parse("/etc/ntpsec/ntp.conf", tree.files(), Daemon::classic);
    REQUIRE(classic);
    CHECK(classic->sources.size() == config->sources.size() - 2);
}

TEST_CASE("includes go five files deep and no deeper") {
    std::map<std::string, std::string> files{{main_path, "includefile 1\nserver last.example\n"}};
    for (int i = 1; i < 9; ++i)
        files[fmt::format("/etc/{}", i)] =
            fmt::format("server deep{}.example\nincludefile {}\n", i, i + 1);
    const Tree tree{files};
    const auto config = ntp_conf::parse(main_path, tree.files());
    REQUIRE(config);
    CHECK(config->sources.size() == 6);
    CHECK(config->sources.back().name == "last.example");
    CHECK(config->faults ==
          std::vector<std::string>{"/etc/5:2: /etc/6 is included more than 5 files deep"});
}

TEST_CASE("a fan of includes ends") {
    std::string fan;
    for (int i = 0; i < 30; ++i) fan += "includefile ntp.conf\n";
    const auto config = parsed(fan);
    CHECK(config.files.size() == 1000);
    CHECK(std::ranges::count(config.faults, "/etc/ntp.conf:1: more than 1000 files") <= 1);
}

TEST_CASE("a main file that cannot be read is an error") {
    const Tree tree;
    const auto config = ntp_conf::parse(main_path, tree.files());
    REQUIRE_FALSE(config);
    CHECK(config.error().message == "cannot read /etc/ntp.conf: no such file");
}

TEST_CASE("a line is taken apart as ntpd does it") {
    struct Row {
        std::string line;
        std::vector<std::string> expected;
    };
    for (const Row& row : std::vector<Row>{{"server a iburst", {"server", "a", "iburst"}},
                                           {"\tserver  a\tiburst \r", {"server", "a", "iburst"}},
                                           {"server a#iburst", {"server", "a"}},
                                           {"# server a", {}},
                                           {"", {}},
                                           {" ", {}},
                                           {"leapfile \"/a b#c\" x", {"leapfile", "/a b#c", "x"}},
                                           {"leapfile \"/a b", {"leapfile", "/a b"}},
                                           {"a\"b c\"d", {"ab c", "d"}},
                                           {"a \"\" b", {"a", "b"}},
                                           {"a \\", {"a", "\\"}},
                                           {std::string("a\0b", 3), {"a"}},
                                           {"; server a", {";", "server", "a"}}}) {
        CAPTURE(row.line);
        CHECK(words(row.line) == row.expected);
    }
}

TEST_CASE("every option of a source line goes to its place") {
    const auto line = line_of(
        "server -4 ntp1.example nts iburst burst prefer noselect minpoll 3 maxpoll 12 version 3 "
        "key 65535 bias -0.25 mode 7 true");
    CHECK(line.type == SourceLine::Type::server);
    CHECK(line.name == "ntp1.example");
    CHECK(line.ipv4);
    CHECK_FALSE(line.ipv6);
    CHECK((line.nts && line.iburst && line.burst && line.prefer && line.noselect));
    CHECK(line.minpoll == 3);
    CHECK(line.maxpoll == 12);
    CHECK(line.version == 3);
    CHECK(line.key == 65535U);
    CHECK(line.offset == -0.25);
    CHECK(line.unknown_options == std::vector<std::string>{"mode 7", "true"});
    CHECK(ntp_conf::render(line) ==
          "server -4 ntp1.example nts iburst burst prefer noselect minpoll 3 maxpoll 12 version 3 "
          "key 65535 bias -0.25 mode 7 true");
    CHECK(line_of("pool a").type == SourceLine::Type::pool);
    CHECK(line_of("peer -6 a").ipv6);
}

TEST_CASE("a port behind the name is the key exchange's, and only with NTS") {
    struct Row {
        std::string line, name;
        std::optional<int> port;
        std::string rendered;
    };
    for (const Row& row : std::vector<Row>{
             {"server a.example:4461 nts", "a.example", 4461, "server a.example:4461 nts"},
             {"server a.example nts", "a.example", {}, "server a.example nts"},
             {"server [::1]:4461 nts", "::1", 4461, "server [::1]:4461 nts"},
             {"server [2001:db8::1] nts", "2001:db8::1", {}, "server 2001:db8::1 nts"},
             {"server 2001:db8::1", "2001:db8::1", {}, "server 2001:db8::1"},
             {"server 192.0.2.1:4461 nts", "192.0.2.1", 4461, "server 192.0.2.1:4461 nts"},
             {"server a.example:0 nts", "a.example:0", {}, "server a.example:0 nts"},
             {"server a.example:123", "a.example:123", {}, "server a.example:123"}}) {
        CAPTURE(row.line);
        const auto line = line_of(row.line);
        CHECK(line.name == row.name);
        CHECK(line.ntsport == row.port);
        CHECK(ntp_conf::render(line) == row.rendered);
    }
    std::vector<std::string> faults;
    line_of("server a.example:123", &faults);
    CHECK(faults ==
          std::vector<std::string>{"ntpd has no port here and takes a.example:123 for a name"});
}

TEST_CASE("of chrony's options only those are written that ntpd knows") {
    auto line = *chrony::parse_source_line(
        "server a.example port 1123 iburst minpoll 6 maxpoll 6 trust require xleave presend 3 "
        "maxdelay 0.1 polltarget 4");
    CHECK(ntp_conf::render(line) == "server a.example iburst minpoll 6 maxpoll 6");
    line.offset = 1e-7;
    CHECK(ntp_conf::render(line) == "server a.example iburst minpoll 6 maxpoll 6 bias 0.0000001");
}

TEST_CASE("what is no source line is none") {
    for (const std::string text :
         {"", "# server a", "Server a", "server", "server -4", "restrict default", "serverx a",
          "server 127.127.1.0", "refclock shm"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_source_line(text));
    }
}
