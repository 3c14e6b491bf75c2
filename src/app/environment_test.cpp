#include "app/environment.h"

#include <doctest/doctest.h>

#include <map>

using namespace clockwright;
using namespace clockwright::app;

namespace {

struct World {
    std::map<std::string, std::string> set;

    Variable variable() const {
        return [this](const char* name) {
            const auto found = set.find(name);
            return found == set.end() ? nullptr : found->second.c_str();
        };
    }
    Result<Config> config(const std::string& file = "") const {
        std::vector<ConfigText> texts{{"f.toml", file}};
        EnvironmentTexts environment = environment_texts(variable(), texts);
        for (ConfigText& text : environment.texts) texts.push_back(std::move(text));
        Config config = TRY(read_config(texts));
        config.remarks = std::move(environment.remarks);
        settle_environment(config, variable());
        return config;
    }
};

}  // namespace

TEST_CASE("the variables of NTP Monitor are settings, and each is told as the origin") {
    const World world{{{"NTP_SERVER", "pool.ntp.example"},
                       {"POLLING_INTERVAL", "60"},
                       {"INFLUX_URL", "http://127.0.0.1:8086"},
                       {"LOG_LEVEL", "WARNING"},
                       {"INFLUX_TOKEN", "s3cret"},
                       {"INFLUX_ORG", "o"},
                       {"INFLUX_BUCKET", "ntp \"quoted\""}}};
    const auto config = world.config("[influx]\nurl = \"https://elsewhere.example\"\n");
    REQUIRE(config.has_value());
    CHECK(config->agent.watch == std::vector<std::string>{"pool.ntp.example"});
    CHECK(config->agent.mode == "normal");
    CHECK(config->log.level == "warning");
    CHECK(config->sinks.influx.push.url == "http://127.0.0.1:8086");
    CHECK(config->sinks.influx.bucket == "ntp \"quoted\"");
    CHECK(config->sinks.influx.token == "s3cret");
    CHECK(config->origins.at("influx.url") == "environment INFLUX_URL");
    const std::string shown = show_config(*config) + config_json(*config);
    CHECK(shown.contains("environment INFLUX_TOKEN"));
    CHECK_FALSE(shown.contains("s3cret"));
}

TEST_CASE("a secret of the file is not sent to the database that the environment names") {
    const char* file =
        "[influx]\nurl = \"https://a.example\"\ntoken_file = \"/etc/clockwright/token\"\n";
    World world{{{"INFLUX_URL", "https://b.example"}, {"INFLUX_TOKEN", "s3cret"}}};
    auto config = world.config(file);
    REQUIRE(config.has_value());
    CHECK(config->sinks.influx.push.token_file.empty());
    CHECK(config->sinks.influx.token == "s3cret");
    CHECK(config->remarks.empty());
    world.set.erase("INFLUX_TOKEN");
    config = world.config(file);
    CHECK(config->sinks.influx.push.token_file.empty());
    CHECK(config->remarks.size() == 1);
    world.set = {{"CLOCKWRIGHT_INFLUX_TOKEN_FILE", "/run/token"},
                 {"CLOCKWRIGHT_INFLUX_URL", "https://b.example"}};
    CHECK(world.config(file)->sinks.influx.push.token_file == "/run/token");
    world.set.clear();
    CHECK(world.config(file)->sinks.influx.push.token_file == "/etc/clockwright/token");
}

TEST_CASE("a bad interval does not take the server that is named with it") {
    const auto config =
        World{{{"NTP_SERVER", "ntp1.example"}, {"POLLING_INTERVAL", "often"}}}.config();
    CHECK(config->agent.watch == std::vector<std::string>{"ntp1.example"});
    CHECK(config->remarks.size() == 1);
    CHECK(World{{{"POLLING_INTERVAL", "60.5"}}}.config()->agent.mode == "normal");
}

TEST_CASE("half an hour between two polls is lazy") {
    CHECK(World{{{"POLLING_INTERVAL", "1799"}}}.config()->agent.mode == "normal");
    CHECK(World{{{"POLLING_INTERVAL", "1800"}}}.config()->agent.mode == "lazy");
}

TEST_CASE("every key has a variable of ours: a TOML value, or a bare text") {
    const World world{{{"CLOCKWRIGHT_SELECT_COUNT", "7"},
                       {"CLOCKWRIGHT_SELECT_PROFILE", "reliable"},
                       {"CLOCKWRIGHT_CANDIDATES_HOSTS", "[\"a.example\", \"b.example\"]"}}};
    const auto config = world.config("[select]\ncount = 5\n");
    REQUIRE(config.has_value());
    CHECK(config->select.count == 7);
    CHECK(config->select.profile == "reliable");
    CHECK(config->candidates.hosts.size() == 2);
    CHECK(config->origins.at("select.count") == "environment CLOCKWRIGHT_SELECT_COUNT");
}

TEST_CASE("a faulty variable is a fault with its name and key") {
    for (const char* bad : {"CLOCKWRIGHT_SELECT_COUNT", "CLOCKWRIGHT_LOG_LEVEL"}) {
        CAPTURE(bad);
        const auto config = World{{{bad, "x y"}, {"LOG_LEVEL", "info"}}}.config();
        REQUIRE_FALSE(config.has_value());
        CHECK(config.error().message.contains(std::string("environment ") + bad));
    }
}

TEST_CASE("a variable of another program's is read as it is usually meant") {
    const auto level = [](const char* word) {
        return World{{{"LOG_LEVEL", word}}}.config().value().log.level;
    };
    CHECK(level("WARN") == "warning");
    CHECK(level("warn") == "warning");
    CHECK(level("CRITICAL") == "error");
    CHECK(level("fatal") == "error");
    CHECK(level("trace") == "debug");
    CHECK(level("Info") == "info");
    const World servers{{{"NTP_SERVER", "a.example, b.example,c.example"}}};
    CHECK(servers.config()->agent.watch ==
          std::vector<std::string>{"a.example", "b.example", "c.example"});
    CHECK(World{{{"POLLING_INTERVAL", "5m"}}}.config()->agent.mode == "normal");
    CHECK(World{{{"POLLING_INTERVAL", "1h"}}}.config()->agent.mode == "lazy");
}

TEST_CASE("a variable of another program's that means nothing here is left out, with a remark") {
    struct Row {
        std::map<std::string, std::string> set;
        const char* remark;
    };
    for (const Row& row :
         {Row{{{"LOG_LEVEL", "loud"}}, "LOG_LEVEL is not used: log.level: "},
          Row{{{"POLLING_INTERVAL", "often"}}, "POLLING_INTERVAL is not used: agent.mode: "},
          Row{{{"POLLING_INTERVAL", "0"}}, "POLLING_INTERVAL is not used: agent.mode: "},
          Row{{{"NTP_SERVER", "a b:c:d"}}, "NTP_SERVER is not used: agent.watch: "},
          Row{{{"INFLUX_URL", "http://influxdb:8086"}}, "INFLUX_URL is not used: influx.url: "},
          Row{{{"INFLUX_URL", "http://127.0.0.1:8086"}, {"INFLUX_ORG", "o"}},
              "INFLUX_URL, INFLUX_ORG are not used: influx.url: bucket and org belong together"},
          Row{{{"INFLUX_URL", "x\"\n[state]\ndirectory = \"/tmp"}}, "INFLUX_URL is not used: "}}) {
        CAPTURE(row.remark);
        const auto config = World{row.set}.config();
        REQUIRE(config.has_value());
        REQUIRE(config->remarks.size() == 1);
        CAPTURE(config->remarks[0]);
        CHECK(config->remarks[0].starts_with(row.remark));
        CHECK(config->origins.empty());
        CHECK_FALSE(config->sinks.influx.push.is_wanted());
    }
}

TEST_CASE("http to another machine is good where the file allows it") {
    const World world{{{"INFLUX_URL", "http://influxdb:8086"}, {"LOG_LEVEL", "loud"}}};
    const auto config = world.config("[influx]\nplain_http = true\n");
    REQUIRE(config.has_value());
    CHECK(config->sinks.influx.push.url == "http://influxdb:8086");
    CHECK(config->remarks.size() == 1);
}
