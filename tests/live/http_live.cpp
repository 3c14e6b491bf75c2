// The HTTP server from outside, with well and ill behaved clients.
#include <doctest/doctest.h>

#include <thread>
#include <vector>

#include "publish/stream_events.h"
#include "tests/live/http_client.h"
#include "tests/live/served_snapshot.h"

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

constexpr const char* host_line = "Host: localhost\r\n";

std::string request(const std::string& method, const std::string& target,
                    const std::string& lines = host_line) {
    return method + " " + target + " HTTP/1.1\r\n" + lines + "\r\n";
}

PlainAnswer ask(const ServedSnapshot& served, const std::string& text) {
    HttpClient client(served.port());
    REQUIRE(client.send(text));
    return client.answer();
}

/// Short times, so that the test need not wait long.
system::HttpLimits hasty() {
    system::HttpLimits limits;
    limits.header_time = Seconds{0.5};
    limits.idle_time = Seconds{1.5};
    return limits;
}

template <class Claim>
bool comes_true(Claim claim) {
    for (int i = 0; i < 200; ++i) {
        if (claim()) return true;
        std::this_thread::sleep_for(50ms);
    }
    return false;
}

}  // namespace

TEST_CASE("a request is answered, and the connection kept for the next") {
    const ServedSnapshot served;
    HttpClient client(served.port());
    for (const char* path : {"/health", "/metrics", "/api/v1/samples?limit=3", "/"}) {
        CAPTURE(path);
        REQUIRE(client.send(request("GET", path)));
        const PlainAnswer answer = client.answer();
        CHECK(answer.status == 200);
        CHECK_FALSE(answer.body.empty());
        CHECK(answer.head.contains("X-Content-Type-Options: nosniff"));
        CHECK(answer.head.contains("Connection: keep-alive"));
    }
}

TEST_CASE("HEAD has the length of the body, and no body") {
    const ServedSnapshot served;
    HttpClient client(served.port());
    REQUIRE(client.send(request("GET", "/openapi.json")));
    const PlainAnswer whole = client.answer();
    REQUIRE(client.send(request("HEAD", "/openapi.json")));
    const PlainAnswer head = client.answer(true);
    CHECK(head.head == whole.head);
    CHECK(head.head.contains("Content-Length: " + std::to_string(whole.body.size())));
    REQUIRE(client.send(request("HEAD", "/api/v1/stream")));
    CHECK(client.answer(true).status == 200);
    REQUIRE(client.send(request("GET", "/health")));
    CHECK(client.answer().body.contains("\"status\""));
}

TEST_CASE("pipelined requests are answered one after the other, in their order") {
    const ServedSnapshot served;
    HttpClient client(served.port());
    std::string all;
    for (int i = 0; i < 50; ++i)
        all += request("GET", i % 2 == 0 ? "/api/v1/events?limit=1" : "/health");
    REQUIRE(client.send(all));
    for (int i = 0; i < 50; ++i) {
        CAPTURE(i);
        const PlainAnswer answer = client.answer();
        REQUIRE(answer.status == 200);
        CHECK(answer.body.contains(i % 2 == 0 ? "\"events\"" : "\"cycles\""));
    }
}

TEST_CASE("what is no request is 400 and ends the connection") {
    const ServedSnapshot served;
    for (const std::string& text :
         {std::string("nonsense\r\n\r\n"), std::string("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"),
          request("GET", "/a%zz"), request("GET", "/", ""), request("GET", "health"),
          request("GET", "/", "Host: localhost\r\nHost: localhost\r\n"),
          request("GET", "/", "Host: local host\r\n"),
          request("POST", "/",
                  "Host: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: "
                  "chunked\r\n"),
          request("POST", "/", "Host: localhost\r\nContent-Length: -1\r\n"),
          request("GET", "/?a=1&a=2"), std::string("\x16\x03\x01\x02\x00\x01\r\n\r\n", 10)}) {
        CAPTURE(text);
        HttpClient client(served.port());
        REQUIRE(client.send(text));
        CHECK(client.answer().status == 400);
        CHECK(client.is_closed(5s));
    }
    CHECK(ask(served, request("GET", "/health")).status == 200);
}

TEST_CASE("too large a header is 431, too large a body 413") {
    const ServedSnapshot served;
    HttpClient header(served.port());
    header.send(request("GET", "/", host_line + ("X-Large: " + std::string(20'000, 'x')) + "\r\n"));
    CHECK(header.answer().status == 431);
    CHECK(header.is_closed(5s));
    HttpClient announced(served.port());
    announced.send(request("POST", "/", "Host: localhost\r\nContent-Length: 100000\r\n"));
    announced.send(std::string(100'000, 'x'));
    CHECK(announced.answer().status == 413);
    HttpClient chunked(served.port());
    chunked.send(request("POST", "/", "Host: localhost\r\nTransfer-Encoding: chunked\r\n"));
    for (int i = 0; i < 5; ++i) chunked.send("4000\r\n" + std::string(0x4000, 'x') + "\r\n");
    CHECK(chunked.answer().status == 413);
}

TEST_CASE("a client that never finishes its header is cut, whatever it drips") {
    ServedSnapshot served(5, hasty());
    HttpClient loris(served.port());
    REQUIRE(loris.send("GET /health HTTP/1.1\r\n"));
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < 40 && loris.send("X: y\r\n"); ++i) std::this_thread::sleep_for(50ms);
    CHECK(loris.answer().status == 408);
    CHECK(std::chrono::steady_clock::now() - began < 10s);
    CHECK(comes_true([&] { return served.connections() == 0; }));
}

TEST_CASE("a client that asks for nothing is let go") {
    ServedSnapshot served(5, hasty());
    HttpClient silent(served.port());
    HttpClient quiet(served.port());
    REQUIRE(quiet.send(request("GET", "/health")));
    CHECK(quiet.answer().status == 200);
    CHECK(silent.is_closed(10s));
    CHECK(quiet.is_closed(10s));
}

TEST_CASE("a full house lets an idle guest go for a new one") {
    system::HttpLimits limits;
    limits.connections = 8;
    ServedSnapshot served(5, limits);
    std::vector<HttpClient> guests;
    for (int i = 0; i < 20; ++i) {
        guests.emplace_back(served.port());
        REQUIRE(guests.back().send(request("GET", "/health")));
        CHECK(guests.back().answer().status == 200);
    }
    CHECK(served.connections() == 8);
    CHECK(guests.front().is_closed(5s));
}

TEST_CASE("a house full of guests who never finish a request hears a new one") {
    system::HttpLimits limits;
    limits.connections = 8;
    ServedSnapshot served(5, limits);
    std::vector<HttpClient> drips;
    for (int i = 0; i < 8; ++i) {
        drips.emplace_back(served.port());
        REQUIRE(drips.back().send("G"));
    }
    CHECK(comes_true([&] { return served.connections() == 8; }));
    CHECK(ask(served, request("GET", "/health")).status == 200);
    CHECK(drips.front().is_closed(5s));
}

TEST_CASE("a strange Host, a foreign page and a write without a token are refused") {
    const ServedSnapshot served;
    CHECK(ask(served, request("GET", "/health", "Host: evil.example\r\n")).status == 421);
    CHECK(ask(served, request("GET", "http://evil.example/health")).status == 421);
    const std::string page = "Host: localhost:8123\r\nOrigin: ";
    CHECK(ask(served, request("GET", "/health", page + "http://evil.example\r\n")).status == 403);
    CHECK(ask(served, request("GET", "/health", page + "null\r\n")).status == 403);
    CHECK(ask(served, request("GET", "/health", page + "http://localhost:8123\r\n")).status == 200);
    const PlainAnswer denied = ask(served, request("POST", "/health"));
    CHECK(denied.status == 401);
    CHECK(denied.head.contains("WWW-Authenticate: Bearer"));
    const PlainAnswer wrong_method = ask(
        served, request("POST", "/health", "Host: localhost\r\nAuthorization: Bearer secret\r\n"));
    CHECK(wrong_method.status == 405);
    CHECK(wrong_method.head.contains("Allow: GET, HEAD"));
    CHECK(ask(served, request("GET", "/nonsense")).status == 404);
}

TEST_CASE("a thousand clients of the stream all receive an event") {
    ServedSnapshot served;
    std::vector<HttpClient> clients;
    for (int i = 0; i < 1000; ++i) {
        clients.emplace_back(served.port());
        REQUIRE(clients.back().connected());
        REQUIRE(clients.back().send(request("GET", "/api/v1/stream")));
        REQUIRE_FALSE(clients.back().read_until("event: snapshot\n").empty());
    }
    CHECK(served.streams() == 1000);
    CHECK(ask(served, request("GET", "/health")).status == 200);
    const EventRow step{fakes::instant("2026-11-20T18:05:00Z"), "step", "", "set", Seconds{1}};
    served.broadcast(stream_event(step));
    int received = 0;
    for (HttpClient& client : clients)
        received += client.read_until("event: event\n").empty() ? 0 : 1;
    CHECK(received == 1000);
    clients.clear();
    CHECK(comes_true([&] { return served.streams() == 0; }));
}

TEST_CASE("streams beyond the limit are 503") {
    system::HttpLimits limits;
    limits.streams = 2;
    ServedSnapshot served(5, limits);
    HttpClient first(served.port()), second(served.port()), third(served.port());
    for (HttpClient* client : {&first, &second}) {
        client->send(request("GET", "/api/v1/stream"));
        CHECK_FALSE(client->read_until("event: snapshot\n").empty());
    }
    third.send(request("GET", "/api/v1/stream"));
    const PlainAnswer full = third.answer();
    CHECK(full.status == 503);
    CHECK(full.head.contains("Retry-After"));
}

TEST_CASE("a client that does not read its stream is dropped, the others are not") {
    ServedSnapshot served;
    HttpClient reader(served.port()), sleeper(served.port());
    for (HttpClient* client : {&reader, &sleeper}) {
        client->send(request("GET", "/api/v1/stream"));
        REQUIRE_FALSE(client->read_until("event: snapshot\n").empty());
    }
    const std::string event = "event: event\ndata: " + std::string(60'000, 'x') + "\n\n";
    for (int i = 0; i < 400 && served.streams() == 2; ++i) {
        served.broadcast(event);
        CHECK_FALSE(reader.read_until("event: event\n").empty());
    }
    CHECK(served.streams() == 1);
    served.broadcast("event: last\n\n");
    CHECK_FALSE(reader.read_until("event: last\n").empty());
}

TEST_CASE("both ends of a stream notice that the other is there") {
    system::HttpLimits limits;
    limits.heartbeat = Seconds{0.2};
    const ServedSnapshot served(5, limits);
    HttpClient client(served.port());
    client.send(request("GET", "/api/v1/stream"));
    REQUIRE_FALSE(client.read_until("event: snapshot\n").empty());
    CHECK_FALSE(client.read_until("\n:\n\n", 5s).empty());
}
