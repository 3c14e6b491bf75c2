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
        for (ConfigText& text : environment_texts(variable())) texts.push_back(std::move(text));
        Config config = TRY(read_config(texts));
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
    for (const char* bad : {"POLLING_INTERVAL", "INFLUX_URL", "CLOCKWRIGHT_SELECT_COUNT"}) {
        CAPTURE(bad);
        const auto config = World{{{bad, "x y"}}}.config();
        REQUIRE_FALSE(config.has_value());
        CHECK(config.error().message.contains(std::string("environment ") + bad));
    }
    const World hostile{{{"INFLUX_URL", "x\"\n[state]\ndirectory = \"/tmp"}}};
    CHECK_FALSE(hostile.config().has_value());
}
