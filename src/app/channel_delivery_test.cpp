#include "app/channel_delivery.h"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

#include "tests/fakes/alert_case.h"
#include "tests/fakes/one_answer.h"

using namespace clockwright;
using namespace clockwright::app;

TEST_CASE("an answer that is about the alert is told from one that is about the place") {
    const std::vector<std::pair<int, Fault>> answers{
        {400, Fault::refused}, {413, Fault::refused}, {422, Fault::refused}, {401, Fault::failed},
        {404, Fault::failed},  {429, Fault::failed},  {503, Fault::failed}};
    for (const auto& [status, fault] : answers) {
        CAPTURE(status);
        const fakes::OneAnswer server("HTTP/1.1 " + std::to_string(status) +
                                      " x\r\nContent-Length: 2\r\n\r\nno");
        HookSettings hook;
        hook.url = server.url();
        const auto arrived = deliver_by(hook, fakes::firing_alert({}), {.host = "db1", .now = {}});
        REQUIRE_FALSE(arrived.has_value());
        CHECK(arrived.error().fault == fault);
        CHECK(arrived.error().message.ends_with(" answers " + std::to_string(status) + ": no"));
    }
}
