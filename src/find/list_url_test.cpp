#include "find/list_url.h"

#include <doctest/doctest.h>

using namespace clockwright;

TEST_CASE("a list comes from https, and reads back as it was written") {
    for (const std::string text :
         {"https://lists.example/ntp.json", "https://lists.example:8443/a/b?c=d",
          "https://[2001:db8::1]/x", "https://127.0.0.1:4433/list.json"}) {
        CAPTURE(text);
        const auto url = parse_list_url(text);
        REQUIRE_MESSAGE(url.has_value(), url.error().message);
        CHECK(to_string(*url) == text);
    }
    CHECK(to_string(*parse_list_url("https://lists.example")) == "https://lists.example/");
    CHECK(to_string(*parse_list_url("https://lists.example?x")) == "https://lists.example/?x");
}

TEST_CASE("what could hide something in a URL is refused") {
    for (const std::string text :
         {"http://lists.example/x", "HTTPS://lists.example/x", "file:///etc/passwd",
          "lists.example", "https://", "https:///x", "https://user@lists.example/x",
          "https://a.example/x#y", "https://a.example/x y", "https://a.example/x\ny",
          "https://a b/x", "https://a.example:0/x", "https://0x7f000001/x", "https://2130706433/x",
          "https://127.1/x", "https://nts://a.example/x", "https://a.example\\@b.example/"}) {
        CAPTURE(text);
        const auto url = parse_list_url(text);
        REQUIRE_FALSE(url.has_value());
        CHECK(url.error().fault == Fault::usage);
        CHECK_FALSE(url.error().message.contains("user@"));
    }
    CHECK_FALSE(parse_list_url("https://a.example/" + std::string(2048, 'x')).has_value());
}

TEST_CASE("the signature lies beside the list, before the query") {
    CHECK(to_string(signature_of(*parse_list_url("https://a.example/l.json"))) ==
          "https://a.example/l.json.sig");
    CHECK(to_string(signature_of(*parse_list_url("https://a.example/l.json?v=2"))) ==
          "https://a.example/l.json.sig?v=2");
}

TEST_CASE("a redirection leads to a private address within the named host only") {
    const auto url = [](const char* text) { return *parse_list_url(text); };
    const auto named = url("https://lists.example/x");
    CHECK(why_not_followed(named, url("https://cdn.example/x")).empty());
    CHECK(why_not_followed(named, url("https://198.51.100.1/x")).empty());
    for (const char* target : {"https://127.0.0.1/x", "https://10.0.0.1/", "https://[::1]/",
                               "https://169.254.169.254/latest", "https://[fd00::1]/"}) {
        CAPTURE(target);
        CHECK_FALSE(why_not_followed(named, url(target)).empty());
    }
    CHECK(why_not_followed(url("https://127.0.0.1:4433/a"), url("https://127.0.0.1/b")).empty());
    CHECK_FALSE(why_not_followed(url("https://127.0.0.1/a"), url("https://127.0.0.2/b")).empty());
}
