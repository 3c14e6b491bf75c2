#include "ntp/nts_result.h"

#include <doctest/doctest.h>

namespace clockwright::ntp {
namespace {

/// Seals nothing and opens nothing.
class FakeAead final : public Aead {
  public:
    std::vector<std::uint8_t> seal(std::span<const std::uint8_t>, std::span<const std::uint8_t>,
                                   std::span<const std::uint8_t>,
                                   std::span<const std::uint8_t>) const override {
        return std::vector<std::uint8_t>(16);
    }
    std::optional<std::vector<std::uint8_t>> open(std::span<const std::uint8_t>,
                                                  std::span<const std::uint8_t>,
                                                  std::span<const std::uint8_t>,
                                                  std::span<const std::uint8_t>) const override {
        return std::nullopt;
    }
};

constexpr Endpoint asked{{Family::ipv4, {192, 0, 2, 1}}, 4123};
const FakeAead aead;

NtsSession session() {
    const std::vector<std::uint8_t> key(32), cookie(100);
    return {{.algorithm = 15, .to_server = key, .to_client = key, .cookies = {cookie, cookie}},
            aead};
}

Series lost(Rejection rejection) {
    return {.sent = 4, .samples = {}, .rejections = std::vector(4, rejection), .kiss = 0};
}

TEST_CASE("keys without any answer: a filter is likely, and where is said") {
    NtsReport report;
    const NtsSession silent = session();
    complete_report(report, silent, lost(Rejection::time_out), asked);
    CHECK(report.failure == NtsFailure::no_answer);
    CHECK(report.why.find("4 packets to 192.0.2.1:4123 were lost") != std::string::npos);
    CHECK(report.why.find("48 octets") != std::string::npos);
    CHECK(report.cookies == 2);
}

TEST_CASE("one lost packet is one, and a refused one is not lost") {
    NtsReport report;
    Series one = lost(Rejection::time_out);
    one.sent = 1;
    one.rejections.resize(1);
    complete_report(report, session(), one, asked);
    CHECK(report.why.starts_with("1 packet to 192.0.2.1:4123 was lost: NTS makes them longer"));
    one.rejections = {Rejection::refused};
    complete_report(report, session(), one, asked);
    CHECK(report.failure == NtsFailure::no_answer);
    CHECK(
        report.why ==
        "1 packet to 192.0.2.1:4123, and the host or the way to it says that nobody listens there");
    Series mixed = lost(Rejection::time_out);
    mixed.rejections[0] = Rejection::refused;
    complete_report(report, session(), mixed, asked);
    CHECK(report.why ==
          "4 packets to 192.0.2.1:4123, and the host or the way to it says that nobody listens "
          "there");
}

TEST_CASE("keys without an authentic answer: forged ones are counted") {
    NtsReport report;
    NtsSession forged = session();
    const HeaderBytes header{};
    std::uint64_t bits = 0;
    REQUIRE(forged.protect(header, [&] { return ++bits; }));
    CHECK(forged.open(0, header) == Authenticity::forged);
    complete_report(report, forged, lost(Rejection::time_out), asked);
    CHECK(report.failure == NtsFailure::unauthenticated);
    CHECK(report.why == "1 came from 192.0.2.1:4123 to 4 requests");
    CHECK(report.cookies == 1);
}

TEST_CASE("what was not asked, or answered something else, is no fault of NTS") {
    NtsReport report;
    complete_report(report, session(), Series{}, asked);
    CHECK(report.failure == NtsFailure::none);
    complete_report(report, session(), lost(Rejection::unsynchronised), asked);
    CHECK(report.failure == NtsFailure::none);
}

}  // namespace
}  // namespace clockwright::ntp
