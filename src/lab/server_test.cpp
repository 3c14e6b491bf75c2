#include "lab/server.h"

#include <doctest/doctest.h>

#include "ntp/exchange.h"
#include "ntp/kiss.h"

namespace clockwright::lab {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

const WallTime departed{seconds{1'795'000'000}};
constexpr ntp::Timestamp cookie{0x1122'3344'5566'7788};

ServerSpec plain_server() {
    ServerSpec spec;
    spec.delay_out = Seconds{0.004};
    spec.delay_back = Seconds{0.002};
    spec.offset = Seconds{0.5};
    return spec;
}

std::optional<Reply> ask(const ServerSpec& spec, Seconds elapsed = Seconds{0}) {
    return Server(spec, 1).answer(ntp::encode_request(cookie), departed, elapsed);
}

ntp::Packet packet_of(const std::optional<Reply>& reply) {
    REQUIRE(reply.has_value());
    const auto packet = ntp::decode(reply->bytes);
    REQUIRE(packet.has_value());
    return *packet;
}

TEST_CASE("an answer says what the world says of its server") {
    ServerSpec spec = plain_server();
    spec.stratum = 3;
    spec.leap = Leap::insert;
    spec.root_delay = Seconds{0.25};
    spec.root_dispersion = Seconds{0.125};
    spec.refid = 0xc000'0201;
    const auto reply = ask(spec);
    const WallTime t2 = departed + milliseconds{504};
    const ntp::Packet wanted{.leap = Leap::insert,
                             .version = 4,
                             .mode = ntp::Mode::server,
                             .stratum = 3,
                             .poll = 0,
                             .precision = -20,
                             .root_delay = {0x4000},
                             .root_dispersion = {0x2000},
                             .refid = 0xc000'0201,
                             .reference = ntp::to_timestamp(t2 - seconds{3}),
                             .origin = cookie,
                             .receive = ntp::to_timestamp(t2),
                             .transmit = ntp::to_timestamp(t2 + microseconds{1})};
    CHECK(packet_of(reply) == wanted);
    CHECK(reply->after.count() == doctest::Approx(0.006001));
}

TEST_CASE("only a client's packet of version 3 or 4 is answered") {
    Server server(plain_server(), 1);
    for (std::uint8_t version = 0; version < 8; ++version) {
        for (std::uint8_t mode = 0; mode < 8; ++mode) {
            CAPTURE(int{version});
            CAPTURE(int{mode});
            const ntp::Packet request{
                .version = version, .mode = static_cast<ntp::Mode>(mode), .transmit = cookie};
            const auto reply = server.answer(ntp::encode(request), departed, Seconds{0});
            const bool wanted = mode == 3 && (version == 3 || version == 4);
            REQUIRE(reply.has_value() == wanted);
            if (wanted) {
                CHECK(packet_of(reply).version == version);
            }
        }
    }
}

TEST_CASE("a request shorter than a header is not answered, a longer one is") {
    Server server(plain_server(), 1);
    const ntp::HeaderBytes request = ntp::encode_request(cookie);
    for (std::size_t length = 0; length < request.size(); ++length) {
        CAPTURE(length);
        CHECK_FALSE(
            server.answer(std::span(request).first(length), departed, Seconds{0}).has_value());
    }
    std::vector<std::uint8_t> longer(request.begin(), request.end());
    longer.resize(68);
    CHECK(server.answer(longer, departed, Seconds{0}).has_value());
}

TEST_CASE("a server's clock drifts, and steps at its time") {
    ServerSpec spec = plain_server();
    spec.drift.value = 100;
    spec.step_at = Seconds{30};
    spec.step = Seconds{-2};
    const Server server(spec, 1);
    CHECK(server.error_at(Seconds{0}).count() == 0.5);
    CHECK(server.error_at(Seconds{10}).count() == doctest::Approx(0.501));
    CHECK(server.error_at(Seconds{29.9}).count() == doctest::Approx(0.50299));
    CHECK(server.error_at(Seconds{30}).count() == doctest::Approx(-1.497));
}

TEST_CASE("a server that dies is silent from then on") {
    ServerSpec spec = plain_server();
    spec.dies_at = Seconds{20};
    CHECK(ask(spec, Seconds{19.99}).has_value());
    CHECK_FALSE(ask(spec, Seconds{19.997}).has_value());  // dead when the request arrives
    CHECK_FALSE(ask(spec, Seconds{20}).has_value());
    CHECK_FALSE(ask(spec, Seconds{1e6}).has_value());
}

TEST_CASE("each behaviour breaks the answer in its own way") {
    ServerSpec spec = plain_server();
    const ntp::Packet good = packet_of(ask(spec));

    spec.behaviour = Behaviour::silent;
    CHECK_FALSE(ask(spec).has_value());

    spec.behaviour = Behaviour::truncated;
    const auto cut = ask(spec);
    REQUIRE(cut.has_value());
    CHECK(cut->bytes.size() == 47);

    spec.behaviour = Behaviour::wrong_origin;
    CHECK(packet_of(ask(spec)).origin != cookie);
    CHECK(packet_of(ask(spec)).transmit == good.transmit);

    spec.behaviour = Behaviour::zero_timestamps;
    CHECK(packet_of(ask(spec)).origin == cookie);
    CHECK(packet_of(ask(spec)).receive.is_zero());
    CHECK(packet_of(ask(spec)).transmit.is_zero());

    spec.behaviour = Behaviour::wrong_mode;
    CHECK(packet_of(ask(spec)).mode == ntp::Mode::broadcast);

    spec.behaviour = Behaviour::kiss;
    spec.kiss = ntp::kiss_code("RSTR");
    CHECK(packet_of(ask(spec)).stratum == 0);
    CHECK(packet_of(ask(spec)).refid == ntp::kiss_code("RSTR"));
    CHECK(packet_of(ask(spec)).origin == cookie);
}

TEST_CASE("garbage is a different few octets each time") {
    ServerSpec spec = plain_server();
    spec.behaviour = Behaviour::garbage;
    Server server(spec, 1);
    std::vector<std::uint8_t> last;
    for (int i = 0; i < 200; ++i) {
        const auto reply = server.answer(ntp::encode_request(cookie), departed, Seconds{0});
        REQUIRE(reply.has_value());
        CHECK(reply->bytes.size() >= 1);
        CHECK(reply->bytes.size() <= 96);
        CHECK((reply->bytes != last || reply->bytes.size() < 4));
        last = reply->bytes;
    }
}

TEST_CASE("who interleaves tells the true departure of the answer that is named") {
    ServerSpec spec = plain_server();
    spec.interleaved = Interleaving::yes;
    spec.send_lag = Seconds{0.000'5};
    Server server(spec, 1);
    const auto ask_again = [&](ntp::Timestamp origin, ntp::Timestamp receive,
                               seconds later) -> ntp::Packet {
        return packet_of(server.answer(ntp::encode_request(cookie, origin, receive),
                                       departed + later, Seconds{later}));
    };
    const ntp::Packet first = ask_again({}, {}, seconds{0});
    CHECK(first.origin == cookie);
    CHECK(first.transmit == ntp::to_timestamp(departed + microseconds{504'001}));

    const ntp::Packet second = ask_again(first.receive, {7}, seconds{1});
    CHECK(second.origin == ntp::Timestamp{7});
    CHECK(second.receive == ntp::to_timestamp(departed + milliseconds{1'504}));
    CHECK(ntp::difference(second.transmit, first.transmit).count() == doctest::Approx(0.000'5));

    CHECK(ask_again({8}, {7}, seconds{2}).origin == cookie);                // none of its answers
    CHECK(ask_again(second.receive, cookie, seconds{3}).origin == cookie);  // ambiguous
    CHECK(ask_again(second.receive, {9}, seconds{4}).origin == ntp::Timestamp{9});
}

TEST_CASE("who does not interleave answers such a request as any other") {
    const auto bytes = ntp::encode_request(cookie, {5}, {7});
    CHECK(packet_of(Server(plain_server(), 1).answer(bytes, departed, Seconds{0})) ==
          packet_of(ask(plain_server())));

    ServerSpec spec = plain_server();
    spec.interleaved = Interleaving::drops;
    CHECK_FALSE(Server(spec, 1).answer(bytes, departed, Seconds{0}));
    CHECK(packet_of(ask(spec)) == packet_of(ask(plain_server())));

    spec.interleaved = Interleaving::wrong;
    CHECK(packet_of(Server(spec, 1).answer(bytes, departed, Seconds{0})).origin ==
          ntp::Timestamp{7});
}

TEST_CASE("loss takes its share of the exchanges") {
    for (const double loss : {0.0, 0.3, 1.0}) {
        CAPTURE(loss);
        ServerSpec spec = plain_server();
        spec.loss = loss;
        Server server(spec, 5);
        int lost = 0;
        for (int i = 0; i < 10'000; ++i) {
            lost += server.answer(ntp::encode_request(cookie), departed, Seconds{0}) ? 0 : 1;
        }
        CHECK(lost / 10'000.0 == doctest::Approx(loss).epsilon(0.05));
    }
}

TEST_CASE("queueing only adds, with the jitter as its mean on each way") {
    ServerSpec spec = plain_server();
    spec.jitter = Seconds{0.001};
    Server server(spec, 5);
    Seconds total{0};
    for (int i = 0; i < 10'000; ++i) {
        const auto reply = server.answer(ntp::encode_request(cookie), departed, Seconds{0});
        REQUIRE(reply.has_value());
        CHECK(reply->after.count() >= 0.006001 - 1e-9);
        total += reply->after - Seconds{0.006001};
    }
    CHECK(total.count() / 10'000 == doctest::Approx(0.002).epsilon(0.05));
}

TEST_CASE("the servers of a world draw alike each time and unlike each other") {
    ServerSpec spec = plain_server();
    spec.jitter = Seconds{0.001};
    const World world{.title = "", .port = 11123, .seed = 3, .servers = {spec, spec}};
    const auto afters = [&world] {
        std::vector<double> all;
        for (Server& server : servers_of(world)) {
            all.push_back(
                server.answer(ntp::encode_request(cookie), departed, Seconds{0})->after.count());
        }
        return all;
    };
    const std::vector<double> first = afters();
    CHECK(first == afters());
    CHECK(first[0] != first[1]);
}

}  // namespace
}  // namespace clockwright::lab
