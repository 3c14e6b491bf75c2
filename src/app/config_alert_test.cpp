#include "app/config_alert.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace clockwright::app;

namespace {

constexpr const char* whole = R"([alert]
class = "server"
repeat = "2h"
[[alert.exec]]
command = ["/usr/local/bin/page", "--team", "ti\"me"]
severity = "critical"
time_out = "3s"
[[alert.exec]]
command = ["/bin/log"]
[alert.alertmanager]
url = "https://am.corp.example/am"
labels = { site = "zrh1" }
ca = ["/etc/am.pem"]
token_file = "/etc/am.token"
[[rule]]
name = "clock_error"
value = "50ms"
[[rule]]
name = "mine"
fact = "error_seconds"
op = ">"
value = 0.005
and = [{ fact = "majority", op = "==", value = 1 }]
)";

Config read(const std::string& toml) {
    auto config = read_config({{"t.toml", toml}});
    CAPTURE(config ? "" : config.error().message);
    REQUIRE(config.has_value());
    return *config;
}

}  // namespace

TEST_CASE("channels and rules come with the other keys") {
    const Config config = read(whole);
    CHECK(config.alert.host_class == "server");
    CHECK(config.alert.repeat == Seconds{7200});
    const auto& channels = config.alert.channels;
    REQUIRE(channels.exec.size() == 2);
    CHECK(channels.exec[0].command ==
          std::vector<std::string>{"/usr/local/bin/page", "--team", "ti\"me"});
    CHECK(channels.exec[0].manner.severity == AlertSeverity::critical);
    CHECK(channels.exec[0].manner.time_out == Seconds{3});
    CHECK(channels.exec[1].manner.severity == AlertSeverity::info);
    CHECK(channels.exec[1].manner.time_out == Seconds{10});
    REQUIRE(channels.alertmanager.has_value());
    CHECK(channels.alertmanager->url == "https://am.corp.example/am");
    CHECK(channels.alertmanager->labels.at("site") == "zrh1");
    CHECK(channels.alertmanager->ca == std::vector<std::string>{"/etc/am.pem"});
    CHECK(channels.alertmanager->token_file == "/etc/am.token");
    CHECK(config.rules.size() == 2);
    CHECK(config.origins.at("alert.exec") == "t.toml:4");
    CHECK(config.origins.at("rule.mine") == "t.toml:18");
}

TEST_CASE("a later file replaces channels and adds rules") {
    const auto config = read_config(
        {{"a.toml", whole},
         {"b.toml",
          "[[alert.exec]]\ncommand = [\"/bin/other\"]\n[[rule]]\nname = \"clock_error\"\n"
          "enabled = false\n"}});
    REQUIRE(config.has_value());
    REQUIRE(config->alert.channels.exec.size() == 1);
    CHECK(config->alert.channels.alertmanager.has_value());
    CHECK(config->rules.size() == 3);
    CHECK(config->origins.at("rule.clock_error") == "b.toml:3");
}

TEST_CASE("what config show prints of tables is read back alike") {
    const Config config = read(whole);
    std::string text = "alert.class = \"leaf\"\n";
    std::string rules;
    for (const ShownTable& table : shown_tables(config)) {
        const std::string value = inline_toml(table.value);
        if (table.path.starts_with("rule.")) {
            rules += (rules.empty() ? "" : ", ") + value;
        } else {
            text += table.path + " = " + value + "\n";
        }
    }
    text = "rule = [" + rules + "]\n" + text;
    CAPTURE(text);
    const Config again = read(text);
    REQUIRE(shown_tables(again).size() == shown_tables(config).size());
    for (std::size_t i = 0; i < shown_tables(config).size(); ++i)
        CHECK(shown_tables(again)[i].value == shown_tables(config)[i].value);
    CHECK(show_config(config).find("rule.mine") != std::string::npos);
    CHECK(config_json(config).find("\"alert.alertmanager\"") != std::string::npos);
}

TEST_CASE("faults of channels have file, line and key") {
    struct Row {
        const char *toml, *fault;
    };
    for (const Row& row :
         {Row{"[[alert.exec]]\nseverity = \"warning\"", "t.toml:1: alert.exec.command: is missing"},
          Row{"[[alert.exec]]\ncommand = [\"page\"]",
              "t.toml:2: alert.exec.command: the program must be an absolute path"},
          Row{"[[alert.exec]]\ncommand = []", "t.toml:2: alert.exec.command: is empty"},
          Row{"[[alert.exec]]\ncommand = [\"/bin/x\"]\ntime_out = \"2m\"",
              "t.toml:3: alert.exec.time_out: must be a duration from 100ms to 60s"},
          Row{"[[alert.exec]]\ncommand = [\"/bin/x\"]\nshell = true",
              "t.toml:3: alert.exec.shell: no such key"},
          Row{"[alert]\nexec = 3", "t.toml:2: alert.exec: must be [[alert.exec]] tables"},
          Row{"[alert.alertmanager]\nseverity = \"info\"",
              "t.toml:1: alert.alertmanager.url: is missing"},
          Row{"[alert.alertmanager]\nurl = \"http://10.0.0.1\"",
              "t.toml:2: alert.alertmanager.url: \"http://10.0.0.1\" is not this machine"},
          Row{"[alert.alertmanager]\nurl = \"https://a\"\nlabels = { \"a b\" = \"x\" }",
              "t.toml:3: alert.alertmanager.labels: \"a b\" is no name of a label"},
          Row{"[alert.alertmanager]\nurl = \"https://a\"\nca = [\"x\"]",
              "t.toml:3: alert.alertmanager.ca: must be an absolute path"},
          Row{"[alert]\nalertmanager = true", "t.toml:2: alert.alertmanager: must be a table"},
          Row{"[alert]\nclass = \"regulated\"", "t.toml:2: alert.class:"},
          Row{"[alert]\nrepeat = \"1s\"", "t.toml:2: alert.repeat: must lie between"},
          Row{"[[rule]]\nname = \"x\"", "t.toml:1: rule.fact: is missing"}}) {
        CAPTURE(row.toml);
        const auto config = read_config({{"t.toml", row.toml}});
        REQUIRE_FALSE(config.has_value());
        CHECK(config.error().fault == Fault::bad_input);
        CHECK(config.error().message.find(row.fault) != std::string::npos);
    }
}

TEST_CASE("the commented tables of the template are good once the marks are gone") {
    std::string text;
    for (const char letter : tables_template()) {
        if (letter != '#') text += letter;
    }
    // What was a remark is no TOML: only lines that begin a table or set a key are taken.
    std::string toml, line;
    for (const char letter : text + "\n") {
        if (letter != '\n') {
            line += letter;
            continue;
        }
        const auto remark = line.find("    ");
        if (remark != std::string::npos) line.resize(remark);
        if (line.starts_with("[") || line.find(" = ") != std::string::npos) toml += line + "\n";
        line.clear();
    }
    CAPTURE(toml);
    const Config config = read(toml);
    CHECK(config.rules.size() == 2);
    CHECK(config.alert.channels.exec.size() == 1);
}
