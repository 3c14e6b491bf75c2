#include "publish/http_target.h"

#include <doctest/doctest.h>

using namespace clockwright;

TEST_CASE("a target is a path and parameters, both percent-decoded") {
    const auto target = parse_target("/api/v1/samples?server=ntp%2e1&from=a+b&empty=&flag");
    REQUIRE(target);
    CHECK(target->path == "/api/v1/samples");
    CHECK(target->query.at("server") == "ntp.1");
    CHECK(target->query.at("from") == "a b");
    CHECK(target->query.at("empty").empty());
    CHECK(target->query.at("flag").empty());
    CHECK_FALSE(target->authority);
}

TEST_CASE("a plus in a path is a plus") {
    CHECK(parse_target("/a+b")->path == "/a+b");
}

TEST_CASE("the absolute form names the authority it is for") {
    const auto target = parse_target("HTTP://Clock.Example:8123/health?x=1");
    REQUIRE(target);
    CHECK(target->path == "/health");
    CHECK(*target->authority == HttpAuthority{"clock.example", 8123});
    CHECK(parse_target("http://clock.example")->path == "/");
}

TEST_CASE("what is no target of ours is none") {
    for (const char* text :
         {"", "*", "health", "clock.example:443", "https://clock.example/", "http:///health", "/a%",
          "/a%4", "/a%zz", "/a%00", "/a%0d%0aSet-Cookie:", "/?a=1&a=2", "/?a=%1", "/#fragment",
          "http://bad host/", "http://user@clock.example/"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_target(text));
    }
}

TEST_CASE("an authority is a name or an address with a port or none") {
    CHECK(*parse_authority("LOCALHOST:8123") == HttpAuthority{"localhost", 8123});
    CHECK(*parse_authority("clock.example.") == HttpAuthority{"clock.example", 0});
    CHECK(*parse_authority("127.0.0.1") == HttpAuthority{"127.0.0.1", 0});
    CHECK(*parse_authority("[0:0::1]:80") == HttpAuthority{"::1", 80});
    CHECK(*parse_authority("[::1]:") == HttpAuthority{"::1", 0});
    for (const char* text : {"", ":80", "::1", "[::1", "[127.0.0.1]", "[::1]x", "a:0", "a:65536",
                             "a:8x", "a b", "a/b", "a@b", ".", "ä.example"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_authority(text));
    }
}

TEST_CASE("an origin is a scheme and an authority, and null is none") {
    CHECK(*parse_origin("http://localhost:8123") == HttpAuthority{"localhost", 8123});
    CHECK(*parse_origin("https://clock.example") == HttpAuthority{"clock.example", 0});
    CHECK_FALSE(parse_origin("null"));
    CHECK_FALSE(parse_origin("http://localhost/path"));
    CHECK_FALSE(parse_origin("file://"));
}

TEST_CASE("a request is for the authority of its target rather than for its Host") {
    HttpRequest request;
    REQUIRE(address_request(request, "http://evil.example/health", "localhost"));
    CHECK(request.host == "evil.example");
    REQUIRE(address_request(request, "/health", "localhost:8123"));
    CHECK(request.host == "localhost");
    CHECK(request.port == 8123);
    REQUIRE(address_request(request, "/health", ""));
    CHECK(request.host.empty());
    CHECK_FALSE(address_request(request, "/health", "local host"));
}
