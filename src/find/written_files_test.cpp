#include "find/written_files.h"

#include <doctest/doctest.h>

#include "tests/fakes/golden_find.h"

using namespace clockwright;

TEST_CASE("timesyncd's lists append over its files, and an empty one forgets") {
    const FileText main{"/etc/systemd/timesyncd.conf", golden_text("timesyncd.conf")};
    const FileText drop_in{"drop-in", golden_text("timesyncd-dropin.conf")};
    const std::vector<FileText> one{main}, both{main, drop_in},
        appended{main, {"b", "[Time]\nNTP=b.example"}};
    CHECK(shown(timesyncd_settings(one).servers) == "10.70.0.1:3 ntp7.corp.example:3");
    CHECK(shown(timesyncd_settings(one).fallback) ==
          "0.debian.pool.ntp.org:6 1.debian.pool.ntp.org:6");
    CHECK(shown(timesyncd_settings(both).servers) == "10.70.0.2:6 10.70.0.3:7");
    CHECK(shown(timesyncd_settings(appended).servers) ==
          "10.70.0.1:3 ntp7.corp.example:3 b.example:2");
    for (std::size_t length = 0; length <= main.text.size(); ++length) {
        const std::vector<FileText> cut{{"x", main.text.substr(0, length)}};
        CHECK(timesyncd_settings(cut).servers.sources.size() <= 2);
    }
}

TEST_CASE("what hooks write for a daemon: server and pool lines") {
    CHECK(shown(server_lines({"x", golden_text("ntp.conf.eth0.dhcp")})) ==
          "10.50.0.1:2 ntp5.corp.example:3");
    CHECK(shown(server_lines({"x", golden_text("eth0.sources")})) ==
          "10.60.0.1:1 pool6.corp.example:2(pool)");
    const Findings bad = server_lines({"x", "server\nserver a;b iburst\n#server 10.0.0.1\npeer c"});
    CHECK(bad.sources.empty());
    CHECK(bad.notes.size() == 1);
}

TEST_CASE("cloud-init's servers and pools, and nothing from elsewhere in its file") {
    const std::string text = golden_text("cloud-init.cfg");
    const Findings found = cloud_init_ntp({"cfg", text});
    CHECK(shown(found) ==
          "10.80.0.1:8 ntp8.corp.example:9 pool8.corp.example:10(pool) "
          "pool9.corp.example:10(pool)");
    CHECK(found.notes.empty());
    for (std::size_t length = 0; length <= text.size(); ++length) {
        CHECK(cloud_init_ntp({"x", text.substr(0, length)}).sources.size() <= 4);
    }
}

TEST_CASE("cloud-init: good and bad rows") {
    struct Row {
        const char* text;
        const char* sources;
        std::size_t notes;
    };
    const Row rows[] = {{"ntp:\n  servers:\n  - 10.0.0.1\n", "10.0.0.1:3", 0},
                        {"ntp:\n  servers: [10.0.0.1, 10.0.0.2]\n", "10.0.0.1:2 10.0.0.2:2", 0},
                        {"ntp:\n  servers: []\n  pools: [ ]\n", "", 0},
                        {"ntp:\n  enabled: false\n  servers: [10.0.0.1]\n", "", 0},
                        {"ntp:\n  servers: [10.0.0.1]\n  enabled: no\n", "", 0},
                        {"ntp: {servers: [10.0.0.1]}\n", "", 1},
                        {"ntp:\n  servers: &a\n  - 10.0.0.1\n", "10.0.0.1:3", 1},
                        {"ntp:\n  servers: [10.0.0.1,\n", "", 1},
                        {"ntp:\n\tservers: [10.0.0.1]\n", "", 1},
                        {"ntp:\n  servers:\n  - a b\n", "", 1},
                        {"ntp: {}\nother:\n  servers: [10.0.0.1]\n", "", 0},
                        {"ntp_client:\n  servers: [10.0.0.1]\n", "", 0},
                        {"other:\n  ntp:\n    servers: [10.0.0.1]\n", "", 0},
                        {"#ntp:\n#  servers: [10.0.0.1]\n", "", 0}};
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const Findings found = cloud_init_ntp({"cfg", row.text});
        CHECK(shown(found) == row.sources);
        CHECK(found.notes.size() == row.notes);
    }
}
