#include "app/config.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "app/config_keys.h"

using namespace clockwright;
using namespace clockwright::app;

TEST_CASE("without a file every key has the default of the contract") {
    const auto config = read_config({});
    REQUIRE(config.has_value());
    CHECK(config->select.count == 5);
    CHECK(config->select.minimum == 4);
    CHECK(config->select.gain == 0.15);
    CHECK(config->select.confirmations == 2);
    CHECK(config->apply.verify_timeout == Seconds{60});
    CHECK(config->candidates.discover);
    CHECK_FALSE(config->candidates.internet);
    CHECK(config->origins.empty());
}

TEST_CASE("a later file wins, and each value knows its origin") {
    const auto config = read_config({{"main.toml", "[select]\ncount = 7\ngain = 0.2\n"},
                                     {"drop-in.toml", "\n[select]\ngain = 0.3\n"}});
    REQUIRE(config.has_value());
    CHECK(config->select.count == 7);
    CHECK(config->select.gain == 0.3);
    CHECK(config->origins.at("select.count") == "main.toml:2");
    CHECK(config->origins.at("select.gain") == "drop-in.toml:3");
}

TEST_CASE("how long the record keeps what can be said") {
    const auto config = read_config(
        {{"a.toml", "[record]\nkeep = \"60d\"\nkeep_hours = \"3650d\"\nmost_mb = 64\n"}});
    REQUIRE(config.has_value());
    CHECK(config->record.raw == Seconds{60 * 86400.0});
    CHECK(config->record.minute == store::RetentionSettings{}.minute);
    CHECK(config->record.hour == Seconds{3650 * 86400.0});
    CHECK(config->record.most_mb == 64);
    CHECK_FALSE(read_config({{"a.toml", "[record]\nkeep = \"1h\"\n"}}));
    CHECK_FALSE(read_config({{"a.toml", "[record]\nmost_mb = 1\n"}}));
}

TEST_CASE("all faults are named at once, each with file, line and key") {
    const auto config =
        read_config({{"a.toml",
                      "[select]\ncount = 0\nwrong = 1\nnts = \"maybe\"\n[nonsense]\n"
                      "[candidates]\nhosts = [\"a b\"]\n"}});
    REQUIRE_FALSE(config.has_value());
    CHECK(config.error().fault == Fault::bad_input);
    const std::string& message = config.error().message;
    for (const char* part : {"a.toml:2: select.count:", "a.toml:3: select.wrong: no such key",
                             "a.toml:4: select.nts:", "a.toml:5: nonsense: no such section",
                             "a.toml:7: candidates.hosts:"}) {
        CAPTURE(part);
        CHECK(message.find(part) != std::string::npos);
    }
}

TEST_CASE("a fault between two keys names where they were set") {
    struct Row {
        std::vector<ConfigText> texts;
        const char* message;
    };
    const std::vector<Row> rows{
        {{{"a.toml", "[select]\ncount = 4\n"}, {"b.toml", "\n[select]\nminimum = 5\n"}},
         "b.toml:3: select.minimum: 5 is more than select.count, 4 (a.toml:2)"},
        {{{"a.toml", "[select]\ncount = 4\n"}, {"environment X", "select.minimum = 5\n"}},
         "environment X:1: select.minimum: 5 is more than select.count, 4 (a.toml:2)"},
        {{{"a.toml", "[daemon]\n\nrestart = [\"systemctl\"]\n"}},
         "a.toml:3: daemon.restart: the program must be an absolute path"},
        {{{"a.toml", "[influx]\nurl = \"https://h\"\nbucket = \"b\"\n"}},
         "a.toml:2: influx.url: bucket and org belong together"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.message);
        const auto config = read_config(row.texts);
        REQUIRE_FALSE(config);
        CHECK(config.error().message == row.message);
    }
}

TEST_CASE("all faults are told at once, those between keys too") {
    const auto config = read_config({{"t",
                                      "[state]\ndirectory = \"relative\"\n"
                                      "[select]\ncount = 4\nminimum = 5\n"
                                      "[daemon]\nrestart = [\"systemctl\"]\n"}});
    REQUIRE_FALSE(config);
    CHECK(config.error().message ==
          "t:2: state.directory: must be an absolute path\n"
          "t:5: select.minimum: 5 is more than select.count, 4 (t:4)\n"
          "t:7: daemon.restart: the program must be an absolute path");
}

TEST_CASE("what may come of a faulty key or file is no further fault") {
    for (const std::vector<ConfigText>& texts : std::vector<std::vector<ConfigText>>{
             {{"t", "[select]\nminimum = 5\ncount = \"4\""}},
             {{"a", "[select]\nminimum = 5\ncount = 4"}, {"t", "[select]\ncount = true"}},
             {{"t", "[influx]\nurl = \"https://h\"\nbucket = \"b\"\norgan = \"o\""}},
             {{"t", "[heartbeat]\nurl = \"http://192.0.2.1/\"\nplain_http = 1"}},
             {{"a", "[select]\nminimum = 5\ncount = 4"}, {"t", "[select"}}}) {
        CAPTURE(texts.back().toml);
        const auto config = read_config(texts);
        REQUIRE_FALSE(config);
        CHECK(std::ranges::count(config.error().message, '\n') == 0);
    }
}

TEST_CASE("bad values of every key are refused") {
    struct Row {
        const char* toml;
    };
    for (const Row& row : {Row{"[state]\ndirectory = \"relative\""},
                           Row{"[daemon]\nkind = \"ntpdate\""},
                           Row{"[daemon]\ncontrol = \"not a path\""},
                           Row{"[daemon]\nrestart = [\"systemctl\"]"},
                           Row{"[candidates]\ndiscover = \"yes\""},
                           Row{"[select]\ngain = 1.0"},
                           Row{"[select]\ngain = nan"},
                           Row{"[select]\ncount = 4\nminimum = 5"},
                           Row{"[apply]\nverify_timeout = 60"},
                           Row{"[apply]\nverify_timeout = \"0s\""},
                           Row{"[files]\ncsv = \"../samples.csv\""},
                           Row{"[files]\nkeep = \"1h\""},
                           Row{"[metrics]\ncompat = [\"telegraf\"]"},
                           Row{"[metrics]\ntextfile = \"/tmp/metrics.txt\""},
                           Row{"[influx]\nurl = \"ftp://h\""},
                           Row{"[influx]\nurl = \"http://192.0.2.1:8086\""},
                           Row{"[influx]\nurl = \"https://h\"\nbucket = \"b\""},
                           Row{"[influx]\nurl = \"https://h/write?db=x\""},
                           Row{"[influx]\nbatch = 0"},
                           Row{"[remote_write]\nurl = \"http://192.0.2.1/api/v1/write\""},
                           Row{"[remote_write]\nbucket = \"b\""},
                           Row{"[heartbeat]\nurl = \"http://192.0.2.1/x\""},
                           Row{"[heartbeat]\nurl = \"https://h/\"\nurl_file = \"/x\""},
                           Row{"[log]\nlevel = \"WARN\""},
                           Row{"[files]\ncsv = \"logs/samples.csv\""},
                           Row{"[apply]\nwindow = \"Sometimes\""},
                           Row{"[agent]\nlisten = \"localhost:80\""},
                           Row{"select = 3"},
                           Row{"[select"}}) {
        CAPTURE(row.toml);
        const auto config = read_config({{"t.toml", row.toml}});
        REQUIRE_FALSE(config.has_value());
        CHECK(config.error().fault == Fault::bad_input);
    }
}

TEST_CASE("count and minimum follow each other when only one is set") {
    CHECK(read_config({{"t", "[select]\ncount = 3"}})->select.minimum == 3);
    CHECK(read_config({{"t", "[select]\nminimum = 6"}})->select.count == 6);
}

TEST_CASE("the template is a good configuration with every key in it") {
    const std::string text = config_template();
    CHECK(read_config({{"template", text}}).has_value());
    for (const Key& key : config_keys()) {
        CAPTURE(key.path());
        CHECK(text.find("\n#" + key.name + " = ") != std::string::npos);
    }
}

TEST_CASE("every line of the template may lose its mark: a default is no fault") {
    std::string text = config_template(), bare;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        const std::size_t skip = text[at] == '#' && text[at + 1] != ' ' ? 1 : 0;
        bare += text.substr(at + skip, end + 1 - at - skip);
        at = end + 1;
    }
    const auto config = read_config({{"template", bare}});
    CAPTURE(bare);
    REQUIRE_MESSAGE(config.has_value(), config.error().message);
    CHECK(config->state.directory == "/var/lib/clockwright");
    CHECK(config->select.minimum == 4);
    CHECK(config->daemon.config.empty());
}

TEST_CASE("what config show prints as a value is read back alike") {
    Config config;
    config.daemon.restart = {"/usr/bin/systemctl", "re\"start"};
    config.apply.verify_timeout = Seconds{1.5};
    config.candidates.hosts = {"a.example", "[::1]:124"};
    std::string text, section;
    for (const Key& key : config_keys()) {
        if (key.section != section) text += "[" + (section = key.section) + "]\n";
        const bool empty_place = key.show(config) == "\"\"";
        if (!empty_place) text += key.name + " = " + key.show(config) + "\n";
    }
    CAPTURE(text);
    const auto again = read_config({{"t", text}});
    REQUIRE(again.has_value());
    CHECK(again->daemon.restart == config.daemon.restart);
    CHECK(again->apply.verify_timeout == config.apply.verify_timeout);
    CHECK(again->candidates.hosts == config.candidates.hosts);
}

TEST_CASE("a configuration that is read anew moves neither the state nor where the agent listens") {
    const auto read = [](std::string toml) { return *read_config({{"a.toml", std::move(toml)}}); };
    const Config running = read("[state]\ndirectory = \"/var/a\"\n");
    Config anew = read(
        "[state]\ndirectory = \"/var/b\"\n[agent]\nlisten = \"127.0.0.1:9\"\nmode = \"lazy\"\n");
    CHECK(keep_places(anew, running));
    CHECK(anew.state.directory == "/var/a");
    CHECK(anew.agent.listen.empty());
    CHECK_FALSE(anew.is_set("agent.listen"));
    CHECK(anew.agent.mode == "lazy");
    CHECK_FALSE(keep_places(anew, running));
}

TEST_CASE("a window of changes is open inside its hours, over midnight too") {
    const auto saturday = parse_window("Sat 02:00-04:00");
    REQUIRE(saturday.has_value());
    CHECK(is_open(*saturday, 6, 120));
    CHECK_FALSE(is_open(*saturday, 6, 240));
    CHECK_FALSE(is_open(*saturday, 0, 120));
    const auto night = parse_window("Fri 23:00-01:00");
    REQUIRE(night.has_value());
    CHECK(is_open(*night, 5, 23 * 60));
    CHECK(is_open(*night, 6, 30));
    CHECK_FALSE(is_open(*night, 5, 30));
    CHECK(is_open(*parse_window(""), 3, 777));
    for (const char* bad :
         {"Sat", "02:00", "25:00-26:00", "Sat 02:00-02:00", "Sat02:00-04:00", "Sat 2:00-4:00"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_window(bad).has_value());
    }
}
