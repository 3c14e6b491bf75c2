#include "daemon/chrony_config.h"

#include <doctest/doctest.h>

#include <map>

using namespace clockwright;
using namespace clockwright::chrony;
using Strings = std::vector<std::string>;

namespace {

/// A small file system: path → content; a glob pattern "dir/*" matches by what stands before '*'.
struct Tree {
    std::map<std::string, std::string> content;

    ConfigFiles files() const {
        return {
            .read = [this](const std::string& path) -> Result<std::string> {
                const auto file = content.find(path);
                if (file == content.end())
                    return fail("cannot read " + path + ": no such file or directory");
                return file->second;
            },
            .list =
                [this](const std::string& directory, std::string_view suffix) {
                    Strings found;
                    for (const auto& [path, text] : content)
                        if (path.substr(0, path.rfind('/')) == directory && path.ends_with(suffix))
                            found.push_back(path);
                    return found;
                },
            .glob =
                [this](const std::string& pattern) {
                    Strings found;
                    const auto star = pattern.find('*');
                    for (const auto& [path, text] : content)
                        if (star == std::string::npos ? path == pattern
                                                      : path.starts_with(pattern.substr(0, star)))
                            found.push_back(path);
                    return found;
                }};
    }
};

const std::string main_file = "/etc/chrony/chrony.conf";

DaemonConfig parsed(const std::map<std::string, std::string>& content) {
    const Tree tree{content};
    const auto config = parse(main_file, tree.files());
    REQUIRE(config);
    return *config;
}

DaemonConfig parsed(const std::string& text) {
    return parsed({{main_file, text}});
}

Strings names(const DaemonConfig& config) {
    Strings found;
    for (const auto& source : config.sources) found.push_back(source.name);
    return found;
}

}  // namespace

TEST_CASE("files are read in chronyd's order: includes in place, source directories last") {
    const DaemonConfig config = parsed({
        {main_file,
         "sourcedir /run/chrony-dhcp\nserver one\ninclude /etc/chrony/more/*\n"
         "confdir /etc/chrony/conf.d\nserver five\n"},
        {"/etc/chrony/more/a", "server two\n"},
        {"/etc/chrony/more/b", "server three\n"},
        {"/etc/chrony/conf.d/x.conf", "server four\n"},
        {"/etc/chrony/conf.d/x.conf.dpkg-old", "server never\n"},
        {"/run/chrony-dhcp/eth0.sources", "server six iburst\n"},
    });
    CHECK(names(config) == Strings{"one", "two", "three", "four", "five", "six"});
    CHECK(config.files == Strings{main_file, "/etc/chrony/more/a", "/etc/chrony/more/b",
                                  "/etc/chrony/conf.d/x.conf", "/run/chrony-dhcp/eth0.sources"});
    CHECK(config.sources[5].location() == "/run/chrony-dhcp/eth0.sources:1");
    CHECK(config.sources[5].lease);
    CHECK_FALSE(config.sources[3].lease);
    CHECK(config.faults == Strings{});
}

TEST_CASE("of files with one name in one directive's directories the first directory's counts") {
    const std::map<std::string, std::string> content{
        {"/a/2.conf", "server a2\n"},    {"/b/1.conf", "server b1\n"},
        {"/b/2.conf", "server b2\n"},    {"/a/s.sources", "server as\n"},
        {"/b/s.sources", "server bs\n"},
    };
    auto together = content;
    together[main_file] = "confdir /a /b\nsourcedir /a /b\n";
    CHECK(names(parsed(together)) == Strings{"b1", "a2", "as"});
    auto apart = content;
    apart[main_file] = "confdir /a\nconfdir /b\nsourcedir /a\nsourcedir /b\n";
    CHECK(names(parsed(apart)) == Strings{"a2", "b1", "b2", "as", "bs"});
}

TEST_CASE("in a .sources file only whole source lines count, and the rest is named") {
    const DaemonConfig config = parsed({
        {main_file, "sourcedir /etc/chrony/sources.d\n"},
        {"/etc/chrony/sources.d/a.sources",
         "# ours\nserver a\nmakestep 1 3\nallow\nserver b bogus\nserver c"},
    });
    CHECK(names(config) == Strings{"a", "b"});
    CHECK_FALSE(config.find("makestep"));
    CHECK_FALSE(config.serves_time);
    CHECK(config.faults ==
          Strings{"/etc/chrony/sources.d/a.sources:3: makestep is ignored in a .sources file",
                  "/etc/chrony/sources.d/a.sources:4: allow is ignored in a .sources file",
                  "/etc/chrony/sources.d/a.sources:5: unknown option bogus",
                  "/etc/chrony/sources.d/a.sources:6: the last line has no newline; chronyd "
                  "ignores it"});
}

TEST_CASE("carriage returns, odd case and a missing last newline do not hide a main file's lines") {
    const DaemonConfig config =
        parsed("Server a\r\nPOOL b iburst\r\nSourceDir /x/y\r\nALLOW\r\nPeer c");
    CHECK(names(config) == Strings{"a", "b", "c"});
    CHECK(config.sources[1].iburst);
    CHECK(config.own_file == "/x/y/clockwright.sources");
    CHECK(config.serves_time);
    CHECK(config.faults == Strings{});
}

TEST_CASE("faults carry file and line") {
    struct Row {
        std::string text;
        Strings faults;
    };
    for (const Row& row : std::vector<Row>{
             {"\nserver a foo\n", {"/etc/chrony/chrony.conf:2: unknown option foo"}},
             {"server\n", {"/etc/chrony/chrony.conf:1: server directive without a name"}},
             {"include\n", {"/etc/chrony/chrony.conf:1: include takes one pattern"}},
             {"include /x/*.conf\n", {}},
             {"include /x/y\n",
              {"/etc/chrony/chrony.conf:1: cannot read /x/y: no such file or directory"}},
             {"confdir\n", {"/etc/chrony/chrony.conf:1: confdir without a directory"}},
             {"sourcedir\n", {"/etc/chrony/chrony.conf:1: sourcedir without a directory"}},
             {"sourcedir 1 2 3 4 5 6 7 8 9 10 11\n",
              {"/etc/chrony/chrony.conf:1: more than 10 directories"}},
             {"confdir /nowhere\nsourcedir /nowhere\n", {}},
             {"server " + std::string(2041, 'a') + "\n",
              {"/etc/chrony/chrony.conf:1: line of 2048 characters; chronyd splits it after "
               "2047"}},
         }) {
        CAPTURE(row.text);
        CHECK(parsed(row.text).faults == row.faults);
    }
}

TEST_CASE("a main file that cannot be read is an error") {
    const Tree empty;
    const auto config = parse(main_file, empty.files());
    REQUIRE_FALSE(config);
    CHECK(config.error().message ==
          "cannot read /etc/chrony/chrony.conf: no such file or directory");
}

TEST_CASE("a file that includes itself ends ten deep, where chronyd gives up") {
    const DaemonConfig config = parsed("server a\ninclude " + main_file + "\nserver never\n");
    CHECK(config.files.size() == 11);
    CHECK(names(config) == Strings(11, "a"));
    CHECK(config.faults == Strings{"/etc/chrony/chrony.conf:2: /etc/chrony/chrony.conf is included "
                                   "more than 10 files deep"});
}

TEST_CASE("a fan of includes ends") {
    std::map<std::string, std::string> content;
    for (int depth = 0; depth < 9; ++depth) {
        std::string text;
        for (int i = 0; i < 10; ++i) text += "include /f" + std::to_string(depth + 1) + "\n";
        content[depth == 0 ? main_file : "/f" + std::to_string(depth)] = text;
    }
    content["/f9"] = "";
    const DaemonConfig config = parsed(content);
    CHECK(config.files.size() == 1000);
    REQUIRE(config.faults.size() == 1);
    CHECK(config.faults[0].ends_with("more than 1000 files"));
}

TEST_CASE("the last of several directives is the one that counts") {
    const DaemonConfig config = parsed("makestep 1 3\nMakeStep 0.1 -1\n");
    REQUIRE(config.find("MAKESTEP"));
    CHECK(config.find("makestep")->arguments == Strings{"0.1", "-1"});
    CHECK(config.find("makestep")->line == 2);
    CHECK(config.all("makestep").size() == 2);
    CHECK(config.find("rtcsync") == nullptr);
}

TEST_CASE("a host serves time when a network is allowed and not denied again") {
    struct Row {
        std::string text;
        bool serves;
    };
    for (const Row& row : std::vector<Row>{{"server a\n", false},
                                           {"allow\n", true},
                                           {"allow 10.0.0.0/8\n", true},
                                           {"allow 10.0.0.0/8\ndeny 10.0.0.0/8\n", false},
                                           {"deny 10.0.0.0/8\nallow 10.0.0.0/8\n", true},
                                           {"allow 10.0.0.0/8\ndeny 10.1.0.0/16\n", true},
                                           {"allow all 10.0.0.0/8\ndeny 10.0.0.0/8\n", false},
                                           {"allow 10.0.0.0/8\nallow 192.0.2.1\ndeny all\n", false},
                                           {"allow\ndeny\n", false},
                                           {"cmdallow 10.0.0.0/8\n", false},
                                           {"#allow\n", false},
                                           {"local stratum 10\n", false}}) {
        CAPTURE(row.text);
        CHECK(parsed(row.text).serves_time == row.serves);
    }
}

TEST_CASE("a preferred reference clock is seen") {
    CHECK(parsed("refclock PHC /dev/ptp0 poll 2 prefer\n").preferred_refclock);
    CHECK(parsed("refclock SHM 0\nREFCLOCK PPS /dev/pps0 PREFER\n").preferred_refclock);
    CHECK_FALSE(parsed("refclock SHM 0 refid NMEA\nserver a prefer\n").preferred_refclock);
}

TEST_CASE("a path is named as a plan can name it, however it is written") {
    const DaemonConfig config =
        parsed({{main_file,
                 "confdir /etc/chrony/conf.d/\ninclude /etc/chrony/../x.conf\n"
                 "sourcedir /etc//chrony/./sources.d///\n"},
                {"/etc/chrony/conf.d/a.conf", "port 0\n"},
                {"/etc/x.conf", "server x\n"},
                {"/etc/chrony/sources.d/clockwright.sources", "server ours\n"}});
    CHECK(config.faults.empty());
    CHECK(config.files == Strings{main_file, "/etc/chrony/conf.d/a.conf", "/etc/x.conf",
                                  "/etc/chrony/sources.d/clockwright.sources"});
    CHECK(config.own_file == "/etc/chrony/sources.d/clockwright.sources");
    REQUIRE(config.sources.size() == 2);
    CHECK_FALSE(config.sources[0].ours);
    CHECK(config.sources[1].ours);
    CHECK(config.find("confdir")->arguments == Strings{"/etc/chrony/conf.d"});
    CHECK(parsed("sourcedir /../..//etc/./z/\n").own_file == "/etc/z/clockwright.sources");
    CHECK(parsed("sourcedir /etc/../run/x/\n").own_file == "");
}

TEST_CASE("a sources directory under /run is never our own") {
    CHECK(parsed("sourcedir /run/x /var/run/y /run\n").own_file == "");
    CHECK(parsed("sourcedir /run/x /runaway\nsourcedir /etc/z\n").own_file ==
          "/runaway/clockwright.sources");
}
