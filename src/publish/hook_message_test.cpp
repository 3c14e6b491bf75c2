#include "publish/hook_message.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/fakes/alert_case.h"
#include "time/spell.h"

using namespace clockwright;
using Json = nlohmann::json;

namespace {

const WallTime begin = *parse_rfc3339("2026-11-28T13:55:01Z");
const AlertContext context{.host = "db1", .now = begin};

Alert any_alert() {
    Alert alert = fakes::firing_alert(begin);
    alert.changed = begin + std::chrono::seconds{90};
    return alert;
}

}  // namespace

TEST_CASE("a web hook is given every fact by name, and null for what there is not") {
    const Json json = Json::parse(webhook_json(any_alert(), context));
    CHECK(json == Json{{"rule", "server_wrong"},
                       {"state", "firing"},
                       {"severity", "critical"},
                       {"host", "db1"},
                       {"server", "ntp2.corp.example"},
                       {"text", "server ntp2 is wrong by +840 ms (3 of 4 agree)"},
                       {"hazard", nullptr},
                       {"advice", "clockwright servers block ntp2"},
                       {"since", "2026-11-28T13:55:01Z"},
                       {"changed", "2026-11-28T13:56:31Z"}});
}

TEST_CASE("chats say who, what and what to do; when it is over, nothing is to be done") {
    Alert alert = any_alert();
    CHECK(Json::parse(slack_json(alert, context)).at("text") ==
          "[db1] firing, critical: server_wrong (ntp2.corp.example)\n"
          "server ntp2 is wrong by +840 ms (3 of 4 agree)\nNext: clockwright servers block ntp2");
    alert.state = AlertState::resolved;
    CHECK_FALSE(slack_json(alert, context).contains("Next"));
}

TEST_CASE("a name from the network pings nobody and makes no link") {
    Alert alert = any_alert();
    alert.text = "<!channel> & <https://evil.example|click>";
    CHECK(slack_json(alert, context).contains("&lt;!channel&gt; &amp; &lt;https"));
    const Json json = Json::parse(discord_json(alert, context));
    CHECK(json.at("allowed_mentions").at("parse").empty());
    alert.text = std::string(5000, 'x');
    CHECK(Json::parse(discord_json(alert, context)).at("content").get<std::string>().size() <=
          2000);
}

TEST_CASE("what is too long for a chat is cut between two letters") {
    Alert alert = any_alert();
    for (int i = 0; i < 4; ++i) {
        CAPTURE(i);
        alert.text = std::string(std::size_t(i), 'x');
        for (int n = 0; n < 3000; ++n) alert.text += "±";
        const std::string message = ntfy_text(alert);
        CHECK(message.size() >= 3996);
        CHECK(message.size() <= 4000);
        CHECK(message == alert.text.substr(0, message.size()));
        CHECK(message.ends_with("±"));
        const Json json = Json::parse(discord_json(alert, context));
        CHECK(json.at("content").get<std::string>().ends_with("±"));
    }
}

TEST_CASE("a template takes the facts, escaped") {
    Alert alert = any_alert();
    alert.text = "it said \"no\"\n";
    const std::string pattern = R"({"msg": "{{host}}: {{text}}", "h": "{{hazard}}"})";
    REQUIRE(check_template(pattern));
    const Json json = Json::parse(fill_template(pattern, alert, context));
    CHECK(json == Json{{"msg", "db1: it said \"no\"\n"}, {"h", ""}});
}

TEST_CASE("a template that makes no JSON, or names what there is not, is refused") {
    for (const char* bad :
         {"", "{", R"({"a": {{text}}})", R"({"a": "{{texts}}"})", R"({"a": "{{text"})", "text"}) {
        CAPTURE(bad);
        CHECK_FALSE(check_template(bad).has_value());
    }
}
