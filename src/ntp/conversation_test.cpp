#include "ntp/conversation.h"

#include <doctest/doctest.h>

#include <vector>

#include "ntp/kiss.h"
#include "tests/fakes/talk.h"

namespace clockwright::ntp {
namespace {

TEST_CASE("a reply gives a sample against the departure last stamped") {
    Talk talk;
    talk.send();
    talk.conversation.stamp(start.wall + milliseconds{2});
    talk.conversation.stamp(start.wall + milliseconds{4});
    talk.advance(milliseconds{10});
    talk.receive(talk.answer(0));
    REQUIRE(talk.samples() == 1);
    const Sample& sample = talk.conversation.series().samples.front();
    CHECK(sample.delay.count() == doctest::Approx(0.006));
    CHECK(sample.offset.count() == doctest::Approx(1.003));

    talk.conversation.stamp(start.wall);  // the kernel's stamp after the reply changes nothing
    CHECK(talk.conversation.series().samples.front() == sample);
}

TEST_CASE("a late answer to an earlier probe counts until its own time-out") {
    Talk talk(neighbour);
    talk.send();
    talk.advance(milliseconds{1'000});
    talk.send();
    talk.advance(milliseconds{400});
    talk.receive(talk.answer(0));
    CHECK(talk.samples() == 1);
    talk.advance(milliseconds{1});
    talk.receive(talk.answer(1));
    CHECK(talk.samples() == 2);
    CHECK(talk.rejections().empty());
}

TEST_CASE("an answer after its time-out is too late, a second one is a duplicate") {
    Talk talk;
    talk.send();
    talk.advance(time_out);
    CHECK(talk.rejections() == std::vector{Rejection::time_out});
    talk.receive(talk.answer(0));
    talk.send();
    talk.receive(talk.answer(1));
    talk.receive(talk.answer(1));
    CHECK(talk.samples() == 1);
    CHECK(talk.rejections() ==
          std::vector{Rejection::time_out, Rejection::too_late, Rejection::duplicate});
}

TEST_CASE("a spoofed datagram is noted and does not cost the true answer") {
    struct Row {
        const char* what;
        Packet (*bend)(Packet);
        Endpoint from;
        Rejection why;
    };
    const auto same = [](Packet p) { return p; };
    const Row rows[] = {
        {"origin",
         [](Packet p) {
             p.origin = {7};
             return p;
         },
         server, Rejection::bogus_origin},
        {"mode",
         [](Packet p) {
             p.mode = Mode::client;
             return p;
         },
         server, Rejection::wrong_mode},
        {"version",
         [](Packet p) {
             p.version = 1;
             return p;
         },
         server, Rejection::wrong_version},
        {"source", same, neighbour, Rejection::wrong_source},
        {"kiss",
         [](Packet p) {
             p.stratum = 0;
             p.refid = kiss_code("DENY");
             p.origin = {7};
             return p;
         },
         server, Rejection::bogus_origin},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Talk talk;
        talk.send();
        talk.receive(row.bend(talk.answer(0)), row.from);
        CHECK(talk.rejections() == std::vector{row.why});
        CHECK(talk.conversation.series().kiss == 0);
        talk.receive(talk.answer(0));
        CHECK(talk.samples() == 1);
    }
}

TEST_CASE("a flood of spoofed datagrams is noted up to a limit") {
    Talk talk;
    talk.send();
    Packet spoof = talk.answer(0);
    spoof.origin = {7};
    for (int i = 0; i < 10'000; ++i) {
        talk.receive(spoof);
    }
    CHECK(talk.rejections().size() == 64);
    talk.receive(talk.answer(0));
    CHECK(talk.samples() == 1);
}

TEST_CASE("a true answer without time settles its probe at once") {
    Talk talk(server, 1);
    talk.send();
    Packet packet = talk.answer(0);
    packet.leap = Leap::unsynchronised;
    talk.receive(packet);
    CHECK(talk.rejections() == std::vector{Rejection::unsynchronised});
    CHECK(talk.conversation.is_finished());
}

TEST_CASE("RATE, DENY and RSTR end the series, other codes are losses") {
    struct Row {
        const char (&code)[5];
        bool ends;
    };
    const Row rows[] = {{"RATE", true}, {"DENY", true}, {"RSTR", true}, {"INIT", false}};
    for (const Row& row : rows) {
        CAPTURE(row.code);
        Talk talk;
        talk.send();
        Packet packet = talk.answer(0);
        packet.stratum = 0;
        packet.refid = kiss_code(row.code);
        talk.receive(packet);
        CHECK(talk.rejections() == std::vector{Rejection::kiss});
        CHECK(talk.conversation.series().kiss == kiss_code(row.code));
        CHECK(talk.conversation.is_finished() == row.ends);
    }
}

TEST_CASE("three losses on end stop a series to a public address only") {
    for (const Endpoint& endpoint : {server, neighbour}) {
        CAPTURE(to_string(endpoint));
        Talk talk(endpoint, 5);
        for (int i = 0; i < 3; ++i) {
            CHECK_FALSE(talk.conversation.is_finished());
            talk.send();
            talk.advance(time_out);
        }
        CHECK(talk.conversation.is_finished() == endpoint.address.is_public());
    }
}

TEST_CASE("an answer between losses begins their count anew") {
    Talk talk(server, 6);
    for (std::uint64_t number = 0; number < 5; ++number) {
        talk.send();
        if (number == 2) {
            talk.receive(talk.answer(number));
        }
        talk.advance(time_out);
    }
    CHECK_FALSE(talk.conversation.is_finished());
    CHECK(talk.samples() == 1);
    CHECK(talk.rejections().size() == 4);
}

TEST_CASE("a refused port costs a public server its probe, a near one the series") {
    for (const Endpoint& endpoint : {server, neighbour}) {
        CAPTURE(to_string(endpoint));
        Talk talk(endpoint);
        talk.send();
        talk.conversation.fail(Rejection::refused);
        CHECK(talk.rejections() == std::vector{Rejection::refused});
        CHECK(talk.conversation.is_finished() != endpoint.address.is_public());
    }
}

TEST_CASE("a refused port is a loss like any other to who watches") {
    Talk talk(neighbour, 4, true);
    for (int i = 0; i < 4; ++i) {
        CHECK_FALSE(talk.conversation.is_finished());
        talk.send();
        talk.conversation.fail(Rejection::refused);
    }
    CHECK(talk.conversation.is_finished());
    CHECK(talk.rejections() == std::vector(4, Rejection::refused));
}

TEST_CASE("a near server's unreachable network is a loss like any other") {
    Talk talk(neighbour);
    talk.send();
    talk.conversation.fail(Rejection::time_out);
    CHECK_FALSE(talk.conversation.is_finished());
    CHECK(talk.rejections() == std::vector{Rejection::time_out});
}

TEST_CASE("an interleaved answer gives its own probe a sample and the one before its true one") {
    Talk talk;
    talk.send();
    talk.advance(milliseconds{10});
    const Packet first = talk.answer(0);
    talk.advance(milliseconds{10});
    talk.receive(first);
    talk.advance(milliseconds{1'980});
    talk.send();
    talk.advance(milliseconds{20});
    // The first answer left 2 ms later than it says.
    const Timestamp true_t3{first.transmit.bits + (2ULL << 32U) / 1'000};
    talk.receive(interleaved(talk, 1, true_t3));
    REQUIRE(talk.samples() == 2);
    const Sample& better = talk.conversation.series().samples.front();
    CHECK(better.interleaved);
    CHECK(better.at == SteadyTime{milliseconds{20}});
    CHECK(better.offset.count() == doctest::Approx(1.001));
    CHECK(better.delay.count() == doctest::Approx(0.018));
    CHECK_FALSE(talk.conversation.series().samples.back().interleaved);
    CHECK(talk.rejections().empty());
}

TEST_CASE("who watches asks for basic answers alone") {
    for (const bool steady : {false, true}) {
        CAPTURE(steady);
        Talk talk(server, 4, steady);
        talk.send();
        talk.receive(talk.answer(0));
        talk.advance(milliseconds{2'000});
        talk.send();
        talk.receive(interleaved(talk, 1, talk.answer(0).transmit));
        CHECK(talk.samples() == (steady ? 1 : 2));
    }
}

TEST_CASE("the true stamp of a departure counts in an interleaved sample too") {
    Talk talk;
    talk.send();
    talk.conversation.stamp(start.wall + milliseconds{4});
    talk.advance(milliseconds{10});
    const Packet first = talk.answer(0);
    talk.receive(first);
    talk.advance(milliseconds{2'000});
    talk.send();
    talk.receive(interleaved(talk, 1, first.transmit));
    CHECK(talk.conversation.series().samples.front().delay.count() == doctest::Approx(0.006));
}

TEST_CASE("a second answer to the other of our two values is a duplicate") {
    Talk talk;
    talk.send();
    talk.receive(talk.answer(0));
    talk.advance(milliseconds{2'000});
    talk.send();
    talk.receive(talk.answer(1));
    talk.receive(interleaved(talk, 1, talk.answer(0).transmit));
    CHECK(talk.samples() == 2);
    CHECK(talk.rejections() == std::vector{Rejection::duplicate});
}

TEST_CASE("nobody's receive value is matched by an answer to zero") {
    Talk talk;
    talk.send();
    Packet packet = talk.answer(0);
    packet.origin = {};
    talk.receive(packet);
    CHECK(talk.rejections() == std::vector{Rejection::bogus_origin});
}

}  // namespace
}  // namespace clockwright::ntp
