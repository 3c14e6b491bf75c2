#include "app/agent_alerts.h"

#include <doctest/doctest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <chrono>
#include <fstream>
#include <sstream>

#include "system/child.h"
#include "tests/fakes/alert_case.h"
#include "tests/fakes/captured_log.h"
#include "watch/delivery_json.h"

using namespace clockwright;
using namespace clockwright::app;
using namespace std::chrono_literals;

namespace {

std::string content_of(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
}

/// A channel that appends what it is told to a file.
Config writes_to(const std::string& path) {
    Config config;
    config.state.directory = path.substr(0, path.rfind('/'));
    config.alert.channels.exec.push_back({.command = {"/bin/sh", "-c", "cat >> " + path}});
    return config;
}

std::vector<AlertNotice> notice(const std::string& subject) {
    Alert alert = fakes::firing_alert({});
    alert.subject = subject;
    return {{alert, NoticeKind::began}};
}

/// Turns the loop until it is so, ten seconds at most.
bool comes_true(boost::asio::io_context& loop, const auto& so) {
    const auto keep = boost::asio::make_work_guard(loop);
    for (int tries = 0; tries < 100 && !so(); ++tries) {
        loop.restart();
        loop.run_for(100ms);
    }
    return so();
}

/// `text` stands in the file.
bool arrives(boost::asio::io_context& loop, const std::string& path, const std::string& text) {
    return comes_true(loop, [&] { return content_of(path).contains(text); });
}

}  // namespace

TEST_CASE("a configuration read anew while an alert is on its way loses no alert") {
    const auto directory = system::TemporaryDirectory::make("clockwright-alerts");
    REQUIRE(directory);
    const std::string path = directory->path() + "/told";
    boost::asio::io_context loop;
    AgentAlerts alerts(loop, writes_to(path));
    alerts.tell(notice("first"));
    alerts.tell(notice("second"));
    alerts.use(writes_to(path));  // the first one is being delivered
    CHECK(arrives(loop, path, "second"));
    CHECK(content_of(path).contains("first"));
}

TEST_CASE("a channel that is gone is told nothing more, and all is well when it comes back") {
    const auto directory = system::TemporaryDirectory::make("clockwright-alerts");
    REQUIRE(directory);
    const std::string path = directory->path() + "/told";
    boost::asio::io_context loop;
    AgentAlerts alerts(loop, writes_to(path));
    alerts.tell(notice("before"));
    alerts.use({});
    alerts.tell(notice("meanwhile"));
    CHECK(arrives(loop, path, "before"));  // it was under way
    alerts.use(writes_to(path));
    alerts.tell(notice("after"));
    CHECK(arrives(loop, path, "after"));
    CHECK_FALSE(content_of(path).contains("meanwhile"));
}

TEST_CASE("what waits for a channel goes on when the channel is wanted again") {
    const auto directory = system::TemporaryDirectory::make("clockwright-alerts");
    REQUIRE(directory);
    const std::string path = directory->path() + "/told";
    Config config = writes_to(path);
    config.alert.channels.exec[0].command[2] = "sleep 0.5; cat >> " + path;
    boost::asio::io_context loop;
    AgentAlerts alerts(loop, config);
    for (const char* name : {"first", "second"}) alerts.tell(notice(name));
    alerts.use({});
    CHECK_FALSE(alerts.tells(NoticeClass::errors));
    alerts.use(config);  // the first is still under way
    CHECK(arrives(loop, path, "server: second"));
    CHECK(content_of(path).find("server: first") < content_of(path).find("server: second"));
}

TEST_CASE("a notice beyond the hourly limit of a channel waits, and is kept") {
    const auto directory = system::TemporaryDirectory::make("clockwright-alerts");
    REQUIRE(directory);
    const std::string path = directory->path() + "/told";
    boost::asio::io_context loop;
    Config config = writes_to(path);
    config.alert.channels.exec.front().manner.most_an_hour = 1;
    AgentAlerts alerts(loop, config);
    alerts.tell(notice("first"));
    CHECK(arrives(loop, path, "first"));
    alerts.tell(notice("second"));
    alerts.tell(notice("third"));
    loop.restart();
    loop.run_for(300ms);
    CHECK_FALSE(content_of(path).contains("second"));
    CHECK(content_of(directory->path() + "/deliveries.json").contains("third"));
    config.alert.channels.exec.front().manner.most_an_hour = 2;
    alerts.use(config);
    CHECK(arrives(loop, path, "2 notices at once"));
}

TEST_CASE("what waited when the agent ended is told by the next one, once and in its order") {
    const auto directory = system::TemporaryDirectory::make("clockwright-alerts");
    REQUIRE(directory);
    const std::string path = directory->path() + "/told";
    boost::asio::io_context loop;
    Config config = writes_to(path);
    config.alert.channels.exec[0].command[2] = "test -e " + path + ".up && cat >> " + path;
    {
        AgentAlerts alerts(loop, config);
        for (const char* name : {"one", "two"}) alerts.tell(notice(name));
        loop.run_for(500ms);  // the first attempt fails
        CHECK(content_of(path).empty());
    }
    REQUIRE(std::ofstream(path + ".up"));
    boost::asio::io_context next;
    AgentAlerts again(next, config);
    CHECK(arrives(next, path, "server: two"));
    CHECK(content_of(path).find("server: one") < content_of(path).find("server: two"));
    const std::string kept = directory->path() + "/deliveries.json";
    CHECK(comes_true(next, [&] { return !content_of(kept).contains("rule"); }));
}

TEST_CASE("what waits for Alertmanager goes to the one that is configured next") {
    const auto directory = system::TemporaryDirectory::make("clockwright-alerts");
    REQUIRE(directory);
    boost::asio::io_context loop;
    Config config;
    config.state.directory = directory->path();
    config.alert.channels.alertmanager.emplace().url = "http://127.0.0.1:1";
    AgentAlerts alerts(loop, config);
    alerts.tell(notice("first"));
    config.alert.channels.alertmanager->url = "http://127.0.0.1:2";
    alerts.use(config);
    alerts.tell(notice("second"));
    const std::string kept = content_of(directory->path() + "/deliveries.json");
    CHECK(kept.contains("first"));
    CHECK(kept.contains("second"));
    CHECK(kept.contains("\"alertmanager\""));
}

TEST_CASE("how many alerts go with a channel that is gone is told in the log") {
    const auto directory = system::TemporaryDirectory::make("clockwright-alerts");
    REQUIRE(directory);
    boost::asio::io_context loop;
    Config config;
    config.state.directory = directory->path();
    config.alert.channels.alertmanager.emplace().url = "http://127.0.0.1:1";
    const fakes::CapturedLog log;
    const auto told = [&] {
        return log.text().contains("no longer configured: 2 alerts that waited for it");
    };
    {
        AgentAlerts alerts(loop, config);
        for (const char* name : {"first", "second"}) alerts.tell(notice(name));
        SUBCASE("while the agent runs") {
            alerts.use({});
            CHECK(comes_true(loop, told));
        }
        SUBCASE("while it does not") {
            alerts.finish();
            config.alert.channels.alertmanager.reset();
            const AgentAlerts next(loop, config);
            CHECK(told());
        }
    }
}

TEST_CASE("what waited for a mail server goes to the one that was configured before the start") {
    const auto directory = system::TemporaryDirectory::make("clockwright-alerts");
    REQUIRE(directory);
    const std::string kept = directory->path() + "/deliveries.json";
    Alert waiting = notice("first").front().alert;
    for (const char* key : {"mail smtp.wrong.example", "mail"}) {
        CAPTURE(key);
        std::ofstream(kept) << waiting_alerts_json({{key, {waiting}}});
        boost::asio::io_context loop;
        Config config;
        config.state.directory = directory->path();
        MailSettings& mail = config.alert.channels.mail.emplace();
        mail.server = "127.0.0.1:1";
        mail.to = {"a@corp.example", "b@corp.example"};
        mail.tls = "off";
        AgentAlerts alerts(loop, config);
        alerts.tell(notice("second"));
        CHECK(content_of(kept).contains("first"));
        CHECK(content_of(kept).contains("second"));
    }
}

TEST_CASE("each recipient of a mail is a channel of its own, whatever the order and the server") {
    ChannelSettings settings;
    MailSettings& mail = settings.mail.emplace();
    mail.server = "smtp.corp.example";
    mail.to = {"a@corp.example", "b@corp.example"};
    const AlertChannels channels(settings, Seconds{0});
    REQUIRE(channels.all().size() == 2);
    const AlertChannel& second = channels.all()[1];
    CHECK(second.key() == "mail to b@corp.example");
    CHECK(second.name() == "mail smtp.corp.example to b@corp.example");
    CHECK(second.is_known_as("mail smtp.other.example"));
    CHECK(second.is_known_as("mail"));
    CHECK_FALSE(second.is_known_as("mail to a@corp.example"));
}

TEST_CASE("a channel that hangs holds up no other") {
    const auto directory = system::TemporaryDirectory::make("clockwright-alerts");
    REQUIRE(directory);
    const std::string path = directory->path() + "/told";
    boost::asio::io_context loop;
    Config config = writes_to(path);
    ExecSettings hung;
    hung.command = {"/bin/sleep", "60"};
    hung.manner.time_out = Seconds{5};
    config.alert.channels.exec.insert(config.alert.channels.exec.begin(), hung);
    AgentAlerts alerts(loop, config);
    const auto before = std::chrono::steady_clock::now();
    alerts.tell(notice("first"));
    CHECK(arrives(loop, path, "first"));
    CHECK(std::chrono::steady_clock::now() - before < hung.manner.time_out);
}

TEST_CASE("a program is told each of many alerts that begin and end at once") {
    const auto directory = system::TemporaryDirectory::make("clockwright-alerts");
    REQUIRE(directory);
    const std::string path = directory->path() + "/told";
    boost::asio::io_context loop;
    AgentAlerts alerts(loop, writes_to(path));
    std::vector<AlertNotice> notices;
    for (int i = 0; i < 50; ++i) notices.push_back(notice("s" + std::to_string(i) + "!").front());
    alerts.tell(notices);
    for (AlertNotice& one : notices) one.alert.state = AlertState::resolved;
    alerts.tell(notices);
    const auto count_of = [&](const std::string& line) {
        const std::string told = content_of(path);
        std::size_t count = 0;
        for (std::size_t at = 0; (at = told.find(line, at)) != std::string::npos; ++at) ++count;
        return count;
    };
    CHECK(comes_true(loop, [&] { return count_of("\nstate: resolved\n") == 50; }));
    CHECK(count_of("\nstate: firing\n") == 50);
    for (int i = 0; i < 50; ++i) CHECK(count_of("\nserver: s" + std::to_string(i) + "!\n") == 2);
}

TEST_CASE("what is under way when the agent ends is told once") {
    const auto directory = system::TemporaryDirectory::make("clockwright-alerts");
    REQUIRE(directory);
    const std::string path = directory->path() + "/told";
    Config config = writes_to(path);
    config.alert.channels.exec[0].command[2] = "sleep 0.3; cat >> " + path;
    boost::asio::io_context loop;
    {
        AgentAlerts alerts(loop, config);
        for (const char* name : {"one", "two"}) alerts.tell(notice(name));
        alerts.finish();
    }
    CHECK(content_of(path).contains("server: one"));
    CHECK_FALSE(content_of(path).contains("server: two"));
    boost::asio::io_context next;
    AgentAlerts again(next, config);
    CHECK(arrives(next, path, "server: two"));
    const std::string told = content_of(path);
    CHECK(told.find("server: one") == told.rfind("server: one"));
}
