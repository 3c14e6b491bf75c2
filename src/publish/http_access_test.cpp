#include "publish/http_access.h"

#include <doctest/doctest.h>

using namespace clockwright;

namespace {

HttpRequest local_request(const char* host) {
    HttpRequest request;
    request.method = "GET";
    request.path = "/health";
    request.host = host;
    request.port = 8123;
    request.remote = *parse_address("127.0.0.1");
    return request;
}

AccessRules rules_for(const char* listen, const char* token = "") {
    return {*parse_address(listen), {"clock.example"}, token};
}

int status_of(const HttpRequest& request, const AccessRules& rules) {
    const auto refused = refusal(request, rules);
    return refused ? refused->status : 200;
}

}  // namespace

TEST_CASE("a server answers to its own names only") {
    const AccessRules rules = rules_for("127.0.0.1");
    for (const char* host : {"localhost", "127.0.0.1", "127.1.2.3", "::1", "clock.example"}) {
        CAPTURE(host);
        CHECK(status_of(local_request(host), rules) == 200);
    }
    for (const char* host :
         {"", "evil.example", "localhost.evil.example", "192.0.2.1", "10.0.0.1"}) {
        CAPTURE(host);
        CHECK(status_of(local_request(host), rules) == 421);
    }
}

TEST_CASE("who listens everywhere is asked by any address, but by no other name") {
    const AccessRules rules = rules_for("0.0.0.0", "secret");
    HttpRequest request = local_request("192.0.2.7");
    request.authorization = "Bearer secret";
    CHECK(status_of(request, rules) == 200);
    request.host = "rebound.example";
    CHECK(status_of(request, rules) == 421);
}

TEST_CASE("pages of other origins are refused") {
    const AccessRules rules = rules_for("127.0.0.1");
    HttpRequest request = local_request("localhost");
    request.origin = "http://localhost:8123";
    CHECK(status_of(request, rules) == 200);
    for (const char* origin : {"http://evil.example", "null", "http://localhost:3000",
                               "http://localhost", "http://127.0.0.1:8123", "nonsense"}) {
        CAPTURE(origin);
        request.origin = origin;
        CHECK(status_of(request, rules) == 403);
    }
}

TEST_CASE("a token is needed for writes, from afar, and where the server listens to others") {
    HttpRequest request = local_request("localhost");
    CHECK(status_of(request, rules_for("127.0.0.1", "secret")) == 200);
    request.method = "POST";
    CHECK(status_of(request, rules_for("127.0.0.1", "secret")) == 401);
    request.method = "GET";
    request.host = "192.0.2.7";
    CHECK(status_of(request, rules_for("192.0.2.7", "secret")) == 401);
    request = local_request("localhost");
    request.remote = *parse_address("192.0.2.9");
    CHECK(status_of(request, rules_for("127.0.0.1", "secret")) == 401);
    for (const char* given : {"Bearer secret", "bearer secret"}) {
        request.authorization = given;
        CHECK(status_of(request, rules_for("127.0.0.1", "secret")) == 200);
    }
    for (const char* given : {"", "Bearer ", "Bearer secre", "Bearer secretsecret", "Basic secret",
                              "secret", "Bearer  secret"}) {
        CAPTURE(given);
        request.authorization = given;
        CHECK(status_of(request, rules_for("127.0.0.1", "secret")) == 401);
    }
}

TEST_CASE("without a configured token nobody has it") {
    HttpRequest request = local_request("clock.example");
    for (const char* given : {"", "Bearer ", "Bearer x"}) {
        request.authorization = given;
        const auto refused = refusal(request, rules_for("0.0.0.0"));
        REQUIRE(refused);
        CHECK(refused->status == 401);
        CHECK(refused->headers.contains("WWW-Authenticate"));
        CHECK(refused->body.contains("none is configured"));
    }
}

TEST_CASE("secrets are the same only as a whole") {
    CHECK(is_same_secret("abc", "abc"));
    CHECK_FALSE(is_same_secret("abc", "abd"));
    CHECK_FALSE(is_same_secret("abcabc", "abc"));
    CHECK_FALSE(is_same_secret("", "abc"));
    CHECK_FALSE(is_same_secret("abc", ""));
}
