#include "app/config_channels.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace clockwright::app;

namespace {

constexpr const char* all_channels = R"([alert.mail]
server = "smtp.corp.example:2525"
from = "clock@corp.example"
to = ["a@corp.example", "b@corp.example"]
tls = "implicit"
user = "clock"
password_file = "/etc/clockwright/mail"
severity = "warning"
[alert.slack]
url_file = "/etc/clockwright/slack-url"
[alert.webhook]
url = "https://hooks.corp.example/time"
key_file = "/etc/clockwright/key"
body = '{"text": "{{text}}"}'
time_out = "3s"
tells = ["errors", "summary"]
most_an_hour = 7
)";

}  // namespace

TEST_CASE("mail and hooks are read with all they have, and shown") {
    const auto config = read_config({{"t.toml", all_channels}});
    REQUIRE(config.has_value());
    const auto& channels = config->alert.channels;
    REQUIRE(channels.mail.has_value());
    CHECK(channels.mail->server == "smtp.corp.example:2525");
    CHECK(channels.mail->to.size() == 2);
    CHECK(channels.mail->tls == "implicit");
    CHECK(channels.mail->manner.severity == AlertSeverity::warning);
    REQUIRE(channels.hooks.contains(HookKind::slack));
    CHECK(channels.hooks.at(HookKind::slack).url_file == "/etc/clockwright/slack-url");
    const HookSettings& hook = channels.hooks.at(HookKind::webhook);
    CHECK(hook.kind == HookKind::webhook);
    CHECK(hook.body == "{\"text\": \"{{text}}\"}");
    CHECK(hook.manner.time_out == Seconds{3});
    CHECK(hook.manner.tells == std::set{NoticeClass::errors, NoticeClass::summary});
    CHECK(hook.manner.most_an_hour == 7);
    CHECK(channels.mail->manner.most_an_hour == 30);
    CHECK(channels.mail->manner.time_out == Seconds{60});
    CHECK(channels.hooks.at(HookKind::slack).manner.time_out == Seconds{10});
    CHECK_FALSE(channels.mail->manner.tells.contains(NoticeClass::summary));
    const std::string shown = show_config(*config);
    for (const char* part : {"alert.mail", "alert.slack", "alert.webhook", "t.toml:1"}) {
        CAPTURE(part);
        CHECK(shown.contains(part));
    }
}

TEST_CASE("what a channel cannot be is a fault with its line and key") {
    struct Row {
        const char *toml, *fault;
    };
    for (const Row& row :
         {Row{"[alert.mail]\nserver = \"h\"", "t.toml:1: alert.mail.from: is missing"},
          Row{"[alert.mail]\nserver = \"nts://h\"", "t.toml:2: alert.mail.server: "},
          Row{"[alert.mail]\nfrom = \"a@b\\r\\nBcc: x@y\"", "t.toml:2: alert.mail.from: "},
          Row{"[alert.mail]\nto = []", "t.toml:2: alert.mail.to: "},
          Row{"[alert.mail]\npassword = \"x\"", "alert.mail.password: no such key"},
          Row{"[alert.mail]\nuser = \"x\"", "user and password_file belong together"},
          Row{"[alert.slack]\nurl = \"https://a/\"\nurl_file = \"/x\"", "exactly one of url"},
          Row{"[alert.slack]\nkey_file = \"/x\"\nurl_file = \"/y\"", "alert.slack.key_file: "},
          Row{"[alert.webhook]\nurl = \"http://192.0.2.1/\"", "t.toml:2: alert.webhook.url: "},
          Row{"[alert.webhook]\nurl = \"https://a/\"\nbody = \"{{text}}\"",
              "t.toml:3: alert.webhook.body: "},
          Row{"[alert.ntfy]\ntells = [\"everything\"]", "t.toml:2: alert.ntfy.tells: "},
          Row{"[alert.ntfy]\nmost_an_hour = -1", "t.toml:2: alert.ntfy.most_an_hour: "},
          Row{"[alert.ntfy]\nmost_an_hour = \"1\"", "t.toml:2: alert.ntfy.most_an_hour: "},
          Row{"[alert.alertmanager]\nmost_an_hour = 1",
              "t.toml:2: alert.alertmanager.most_an_hour: "},
          Row{"alert.ntfy = 3", "alert.ntfy: must be a table"}}) {
        CAPTURE(row.toml);
        const auto config = read_config({{"t.toml", row.toml}});
        REQUIRE_FALSE(config.has_value());
        CAPTURE(config.error().message);
        CHECK(config.error().message.contains(row.fault));
    }
}
