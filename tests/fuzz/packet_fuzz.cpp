/// Any datagram: the header's round trip is exact, and what judge_reply says keeps its promises.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "ntp/exchange.h"

namespace {

using namespace clockwright;
using namespace clockwright::ntp;

void require(bool claim) {
    if (!claim) {
        std::abort();
    }
}

void check_round_trip(std::span<const std::uint8_t> bytes) {
    const auto packet = decode(bytes);
    require(packet.has_value() == (bytes.size() >= header_size));
    if (packet) {
        require(std::ranges::equal(encode(*packet), bytes.first(header_size)));
        require(decode(encode(*packet)) == packet);
    }
}

void check_judgement(std::span<const std::uint8_t> bytes, Timestamp cookie) {
    const Request request{
        .to = {}, .cookie = cookie, .t1 = WallTime{std::chrono::seconds{1'795'000'000}}};
    const Arrival arrival{
        .from = {}, .t4 = request.t1 + std::chrono::milliseconds{20}, .at = SteadyTime{}};
    const auto judged = judge_reply(request, bytes, arrival, Timestamp{}, Self{});
    if (!judged) {
        require((judged.error().kiss != 0) == (judged.error().rejection == Rejection::kiss));
        return;
    }
    require(decode(bytes)->origin == cookie && !cookie.is_zero());
    require(std::isfinite(judged->offset.count()) && std::isfinite(judged->dispersion.count()));
    require(judged->delay > Seconds{0} && judged->delay <= Seconds{3});
    require(judged->dispersion > Seconds{0});
    require(judged->stratum >= 1 && judged->stratum <= 15);
    require(judged->leap != Leap::unsynchronised);
    require(judged->root_delay / 2 + judged->root_dispersion < Seconds{16});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const std::span<const std::uint8_t> bytes(octets, size);
    check_round_trip(bytes);
    const auto packet = decode(bytes);
    const Timestamp cookie = packet ? packet->origin : Timestamp{1};
    check_judgement(bytes, cookie);
    check_judgement(bytes, Timestamp{cookie.bits ^ 1});
    return 0;
}
