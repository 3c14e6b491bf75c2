#include "system/http_post.h"

#include <doctest/doctest.h>

namespace clockwright::system {

TEST_CASE("a token of several lines is sent to nobody") {
    const auto answer =
        http_post("http://127.0.0.1:1/", "text/plain", "", {.ca = {}, .token = "a\r\nX-Evil: 1"});
    CHECK(answer.error().message == "a token or secret to send is more than one line");
}

}  // namespace clockwright::system
