#include "app/agent_alerts.h"

#include <doctest/doctest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <chrono>
#include <fstream>
#include <sstream>

#include "system/child.h"
#include "tests/fakes/alert_case.h"

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
    config.alert.channels.exec.push_back({.command = {"/bin/sh", "-c", "cat >> " + path}});
    return config;
}

std::vector<AlertNotice> notice(const std::string& subject) {
    Alert alert = fakes::firing_alert({});
    alert.subject = subject;
    return {{alert, NoticeKind::began}};
}

/// Turns the loop until `text` stands in the file, ten seconds at most.
bool arrives(boost::asio::io_context& loop, const std::string& path, const std::string& text) {
    const auto keep = boost::asio::make_work_guard(loop);
    for (int tries = 0; tries < 100 && !content_of(path).contains(text); ++tries) {
        loop.restart();
        loop.run_for(100ms);
    }
    return content_of(path).contains(text);
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
