#include "system/http_post.h"

#include <doctest/doctest.h>

#include "tests/fakes/one_answer.h"

namespace clockwright::system {

TEST_CASE("a token of several lines is sent to nobody") {
    const auto answer =
        http_post("http://127.0.0.1:1/", "text/plain", "", {.ca = {}, .token = "a\r\nX-Evil: 1"});
    CHECK(answer.error().message == "a token or secret to send is more than one line");
}

TEST_CASE("an answer that is long has its status and its beginning") {
    for (const int status : {200, 400}) {
        CAPTURE(status);
        const fakes::OneAnswer server("HTTP/1.1 " + std::to_string(status) +
                                      " x\r\nContent-Length: 300000\r\n\r\nbegin " +
                                      std::string(300'000 - 6, 'x'));
        const auto answer = http_post(server.url(), "text/plain", "", {});
        REQUIRE(answer.has_value());
        CHECK(answer->status == status);
        CHECK(answer->body.starts_with("begin xxx"));
        CHECK(answer->body.size() == std::size_t{64} << 10U);
    }
}

}  // namespace clockwright::system
