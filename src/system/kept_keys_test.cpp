#include "system/kept_keys.h"

#include <doctest/doctest.h>

#include "system/siv_aead.h"

using namespace clockwright;
using namespace clockwright::system;

namespace {

const HostName host{.name = "ntp1.corp.example", .port = 4460, .nts = true};
constexpr Endpoint place{{}, 123};

KeptKeys::Kept kept_with(std::size_t cookies) {
    KeptKeys::Kept kept;
    kept.keys.to_server = kept.keys.to_client = std::vector<std::uint8_t>(32, 7);
    kept.keys.cookies.assign(cookies, std::vector<std::uint8_t>(100, 1));
    kept.at = place;
    return kept;
}

/// A scan that sends one request and hears nothing.
void ask_in_vain(KeptKeys& keys) {
    SivAead aead;
    ntp::NtsSession session(keys.of(host)->keys, aead);
    REQUIRE(session.protect({}, [] { return 4; }));
    keys.used(host, session);
}

}  // namespace

TEST_CASE("keys are kept with the cookies that a scan left") {
    KeptKeys keys;
    CHECK(keys.of(host) == nullptr);
    keys.keep(host, kept_with(8));
    REQUIRE(keys.of(host) != nullptr);
    CHECK(keys.of(host)->at == place);
    ask_in_vain(keys);
    REQUIRE(keys.of(host) != nullptr);
    CHECK(keys.of(host)->keys.cookies.size() == 7);
}

TEST_CASE("after three scans without an authentic answer keys are exchanged anew") {
    KeptKeys keys;
    keys.keep(host, kept_with(8));
    ask_in_vain(keys);
    ask_in_vain(keys);
    CHECK(keys.of(host) != nullptr);
    ask_in_vain(keys);
    CHECK(keys.of(host) == nullptr);
}

TEST_CASE("keys whose certificate has ended, or was not checked for a wrong clock, are renewed") {
    KeptKeys keys;
    auto kept = kept_with(8);
    kept.report.not_after = WallTime{std::chrono::seconds(1'600'000'000)};
    keys.keep(host, kept);
    CHECK(keys.of(host) == nullptr);
    kept.report.not_after += std::chrono::years(100);
    keys.keep(host, kept);
    CHECK(keys.of(host) != nullptr);
    kept.report.failure = NtsFailure::clock_wrong;
    keys.keep(host, kept);
    CHECK(keys.of(host) == nullptr);
}

TEST_CASE("keys without a cookie are of no use") {
    KeptKeys keys;
    keys.keep(host, kept_with(1));
    ask_in_vain(keys);
    CHECK(keys.of(host) == nullptr);
}
