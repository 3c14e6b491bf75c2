#include "find/server_list.h"

#include <doctest/doctest.h>

using namespace clockwright;

namespace {

constexpr WallTime noon{std::chrono::seconds(1'800'000'000)};

const std::string whole = R"({
 "clockwright_list": 1, "version": 42,
 "issued": "2027-01-01T00:00:00Z", "expires": "2027-07-02T00:00:00Z",
 "servers": [
  {"host": "Zeta.Example", "operator": "Zeta", "country": "CH", "smear": "google",
   "usage": "notify", "silent": true, "nts": true},
  {"host": "ptbtime1.ptb.de", "usage": "restricted"}
 ]})";

std::string with(std::string_view from, std::string_view to) {
    std::string text = whole;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

std::string fault_of(const std::string& text) {
    const auto list = parse_server_list(text);
    REQUIRE_FALSE(list.has_value());
    CHECK(list.error().fault == Fault::bad_input);
    return list.error().message;
}

/// A list with one server and no more said of it than this.
ServerList saying(std::string_view host, std::string_view what) {
    return *parse_server_list(
        R"({"clockwright_list": 1, "version": 1, "issued": "2027-01-01T00:00:00Z",
            "expires": "2027-07-02T00:00:00Z", "servers": [{"host": ")" +
        std::string(host) + "\", " + std::string(what) + "}]}");
}

}  // namespace

TEST_CASE("every field of a server list is read, servers by host") {
    const auto list = parse_server_list(whole);
    REQUIRE_MESSAGE(list.has_value(), list.error().message);
    CHECK(list->version == 42);
    CHECK(list->issued == WallTime(std::chrono::seconds(1798761600)));
    CHECK(list->expires == WallTime(std::chrono::seconds(1814486400)));
    REQUIRE(list->servers.size() == 2);
    CHECK(list->servers[0] ==
          ListedServer{"ptbtime1.ptb.de", "", "", Smear::unknown, Usage::restricted, false, false});
    CHECK(list->servers[1] ==
          ListedServer{"zeta.example", "Zeta", "CH", Smear::google, Usage::notify, true, true});
}

TEST_CASE("a list cut anywhere is refused") {
    for (std::size_t length = 0; length < whole.size(); ++length) {
        CAPTURE(length);
        CHECK_FALSE(parse_server_list(std::string_view(whole).substr(0, length)).has_value());
    }
}

TEST_CASE("what is no list is refused with its place") {
    CHECK(fault_of("<!DOCTYPE html><html>") ==
          "the server list is a page of HTML or XML, not JSON");
    CHECK(fault_of(" ") == "the server list is empty");
    CHECK(fault_of("[]") == "the server list is no JSON object");
    CHECK(fault_of(with("\"clockwright_list\": 1", "\"clockwright_list\": 2"))
              .find("clockwright_list: must be") != std::string::npos);
    CHECK(fault_of(with("42", "0")).find("version: must be") != std::string::npos);
    CHECK(fault_of(with("42", "\"42\"")).find("version: must be") != std::string::npos);
    CHECK(fault_of(with("\"nts\": true", "\"nts\": 1")).find("servers[0].nts: must be") !=
          std::string::npos);
    CHECK(fault_of(with("\"CH\"", "\"Ch\"")).find("servers[0].country: must be two") !=
          std::string::npos);
    CHECK(fault_of(with("\"notify\"", "\"free\"")).find("servers[0].usage: must be open") !=
          std::string::npos);
    CHECK(fault_of(with("\"silent\"", "\"noise\"")).find("servers[0].noise: is not a key") !=
          std::string::npos);
    CHECK(fault_of(with("2027-07-02", "2026-07-02")).find("expires: must be later") !=
          std::string::npos);
    CHECK(fault_of(with("Zeta.Example", "PTBtime1.ptb.de")).find("is listed twice") !=
          std::string::npos);
}

TEST_CASE("a list names hosts, never addresses, ports or what is no host") {
    for (const std::string_view bad :
         {"192.0.2.1", "2001:db8::1", "a.example:124", "nts://a.example", "a b", "a\\nb", ""}) {
        CAPTURE(bad);
        CHECK(fault_of(with("Zeta.Example", bad)).find("servers[0].host: ") != std::string::npos);
    }
}

TEST_CASE("an older, equal or expired list is refused") {
    const auto list = *parse_server_list(whole);
    CHECK(why_not_newer(list, 0, noon).empty());
    CHECK(why_not_newer(list, 41, noon).empty());
    CHECK(why_not_newer(list, 42, noon) == "it is version 42, which is known already");
    CHECK(why_not_newer(list, 43, noon) == "it is version 42, older than 43 that is known");
    CHECK(why_not_newer(list, 0, list.expires) == "version 42 expired at 2027-07-02T00:00:00Z");
}

TEST_CASE("a list only takes away") {
    const auto* open = find_in_catalogue("ptbtime1.ptb.de");
    REQUIRE(open != nullptr);
    CHECK(why_withheld(saying("ptbtime1.ptb.de", R"("usage": "open")"), *open).empty());
    CHECK(why_withheld(saying("other.example", R"("usage": "restricted")"), *open).empty());
    CHECK(why_withheld(saying("ptbtime1.ptb.de", R"("usage": "restricted")"), *open) ==
          "the list says that it is restricted");
    CHECK_FALSE(why_withheld(saying("ptbtime1.ptb.de", R"("usage": "notify")"), *open).empty());
    CHECK_FALSE(why_withheld(saying("ptbtime1.ptb.de", R"("usage": "open", "silent": true)"), *open)
                    .empty());
    CHECK_FALSE(why_withheld(saying("ptbtime1.ptb.de", R"("usage": "open", "smear": "aws")"), *open)
                    .empty());
    const auto* google = find_in_catalogue("time.google.com");
    REQUIRE(google != nullptr);
    CHECK(why_withheld(saying("time.google.com", R"("usage": "open", "smear": "none")"), *google)
              .empty());
    Source source;
    source.host = {"time.google.com"};
    annotate(source);
    CHECK(source.smear == Smear::google);  // whatever a list says
}

TEST_CASE("the hosts that the catalogue does not know are newcomers") {
    const auto list = *parse_server_list(whole);
    const auto unknown = newcomers(list);
    REQUIRE(unknown.size() == 1);
    CHECK(unknown[0]->host == "zeta.example");
}
