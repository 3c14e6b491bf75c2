#include "app/channel_delivery.h"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

#include "tests/fakes/alert_case.h"
#include "tests/fakes/one_answer.h"

using namespace clockwright;
using namespace clockwright::app;

TEST_CASE("an answer that is about the alert is told from one that is about the place") {
    const std::vector<std::pair<int, Delivery>> answers{
        {400, Delivery::refused},    {413, Delivery::refused},    {422, Delivery::refused},
        {401, Delivery::failed},     {404, Delivery::failed},     {500, Delivery::failed},
        {408, Delivery::way_failed}, {429, Delivery::way_failed}, {502, Delivery::way_failed},
        {503, Delivery::way_failed}, {504, Delivery::way_failed}};
    for (const auto& [status, delivery] : answers) {
        CAPTURE(status);
        const fakes::OneAnswer server("HTTP/1.1 " + std::to_string(status) +
                                      " x\r\nContent-Length: 2\r\n\r\nno");
        HookSettings hook;
        hook.url = server.url();
        const auto arrived = deliver_by(hook, fakes::firing_alert({}), {.host = "db1", .now = {}});
        REQUIRE(arrived.has_value());
        CHECK(arrived->delivery == delivery);
        CHECK(arrived->text.ends_with(" answers " + std::to_string(status) + ": no"));
        CHECK_FALSE(arrived->retry_after.has_value());
    }
}

TEST_CASE("how long a web server asks to be left alone is handed on") {
    const fakes::OneAnswer server(
        "HTTP/1.1 429 x\r\nRetry-After: 120\r\nContent-Length: 2\r\n\r\nno");
    HookSettings hook;
    hook.url = server.url();
    const auto arrived = deliver_by(hook, fakes::firing_alert({}), {.host = "db1", .now = {}});
    REQUIRE(arrived.has_value());
    CHECK(arrived->retry_after == Seconds{120});
}

TEST_CASE("where nobody answers no alert is at fault, and where a program fails it may be") {
    HookSettings hook;
    hook.url = "http://127.0.0.1:1/";
    CHECK_FALSE(deliver_by(hook, fakes::firing_alert({}), {}).has_value());
    const ExecSettings exec{.command = {"/bin/false"}};
    CHECK(deliver_by(exec, fakes::firing_alert({}), {}).value().delivery == Delivery::failed);
}
