#include "system/admission.h"

#include <doctest/doctest.h>

#include "tests/fakes/admission_case.h"

namespace clockwright::system {

using namespace std::chrono_literals;
using fakes::found;
using fakes::noon;
using fakes::target;

TEST_CASE("a name leads nowhere it must not go") {
    struct Row {
        const char* address;
        bool forbidden, forbidden_for_strangers;
    };
    const Row rows[] = {
        {"192.0.2.1", false, false},
        {"2001:db8::1", false, false},
        {"10.1.2.3", false, true},
        {"192.168.0.1", false, true},
        {"100.64.0.1", false, true},
        {"fd00::1", false, true},
        {"127.0.0.1", false, true},
        {"::1", false, true},
        {"169.254.169.123", false, true},
        {"fe80::1%2", false, true},
        {"224.0.1.1", true, true},
        {"ff05::101", true, true},
        {"255.255.255.255", true, true},
        {"0.0.0.0", true, true},
        {"::", true, true},
    };
    const ScanSettings settings;
    const ntp::RateBudget budget;
    for (const Row& row : rows) {
        for (const bool stranger : {false, true}) {
            CAPTURE(row.address);
            CAPTURE(stranger);
            const ntp::ExchangeBackoff exchanges;
            Admission admission(settings, budget, exchanges);
            const Admitted admitted =
                admission.admit(target("name.example", stranger), found({row.address}), noon);
            if (stranger ? row.forbidden_for_strangers : row.forbidden) {
                CHECK(admitted.outcome.not_asked == Rejection::forbidden_address);
                CHECK(admitted.outcome.why.starts_with(std::string("resolves to ")));
                CHECK_FALSE(admitted.begin);
            } else {
                CHECK_FALSE(admitted.outcome.not_asked);
                CHECK(admitted.begin);
            }
        }
    }
}

TEST_CASE("what an operator asks for holds by every name of its server") {
    std::vector<ProbeTarget> targets{target("192.0.2.1"), target("time.example"),
                                     target("nts://time.example"), target("other.example"),
                                     target("nowhere.example")};
    targets[1].operator_spacing = targets[4].operator_spacing = Seconds{4};
    share_spacing(targets, {found({"192.0.2.1"}),
                            found({"192.0.2.1", "192.0.2.2"}),
                            found({"192.0.2.1"}),
                            found({"192.0.2.2"}),
                            {}});
    const double wanted[] = {4, 4, 4, 0, 4};
    for (std::size_t i = 0; i < targets.size(); ++i) {
        CAPTURE(i);
        CHECK(targets[i].operator_spacing == Seconds{wanted[i]});
    }
}

TEST_CASE("an unresolved name says why") {
    const ScanSettings settings;
    const ntp::RateBudget budget;
    const ntp::ExchangeBackoff exchanges;
    Admission admission(settings, budget, exchanges);
    const Admitted admitted =
        admission.admit(target("name.example"), {.addresses = {}, .why = "no such name"}, noon);
    CHECK(admitted.outcome.not_asked == Rejection::unresolved);
    CHECK(admitted.outcome.why == "no such name");
    CHECK_FALSE(admitted.outcome.endpoint);
    CHECK_FALSE(admitted.series);
}

TEST_CASE("names of one endpoint share one series; another port is another server") {
    const ScanSettings settings;
    const ntp::RateBudget budget;
    const ntp::ExchangeBackoff exchanges;
    Admission admission(settings, budget, exchanges);
    const auto first = admission.admit(target("a.example"), found({"192.0.2.1"}), noon);
    const auto other = admission.admit(target("b.example:1123"), found({"192.0.2.1"}), noon);
    const auto again = admission.admit(target("c.example"), found({"192.0.2.1"}), noon);
    CHECK(first.series == 0);
    CHECK(first.begin);
    CHECK(other.series == 1);
    CHECK(other.begin);
    CHECK(again.series == 0);
    CHECK_FALSE(again.begin);
    CHECK(again.outcome.endpoint == first.outcome.endpoint);
}

TEST_CASE("one address of a name is asked, at the port of time and not of the key exchange") {
    const ScanSettings settings;
    const ntp::RateBudget budget;
    const ntp::ExchangeBackoff exchanges;
    Admission admission(settings, budget, exchanges);
    const auto many = admission.admit(target("a.example"), found({"192.0.2.1", "192.0.2.2"}), noon);
    CHECK(to_string(many.outcome.endpoint.value()) == "192.0.2.1:123");
    const auto nts = admission.admit(target("nts://b.example:4461"), found({"192.0.2.3"}), noon);
    CHECK(to_string(nts.outcome.endpoint.value()) == "192.0.2.3:123");
}

TEST_CASE("strangers are asked every 2 s, neighbours every quarter, or as the user says") {
    struct Row {
        const char* address;
        std::optional<Seconds> spacing;
        double wanted;
    };
    const Row rows[] = {{"192.0.2.1", std::nullopt, 2},
                        {"10.0.0.1", std::nullopt, 0.25},
                        {"127.0.1.1", std::nullopt, 0.25},
                        {"127.0.1.1", Seconds{0.01}, 0.01},
                        {"192.0.2.1", Seconds{30}, 30}};
    const ntp::RateBudget budget;
    for (const Row& row : rows) {
        CAPTURE(row.address);
        ScanSettings settings;
        settings.samples = 7;
        settings.spacing = row.spacing;
        const ntp::ExchangeBackoff exchanges;
        Admission admission(settings, budget, exchanges);
        ProbeTarget asked = target("a.example");
        asked.operator_spacing = Seconds{4};
        const auto admitted = admission.admit(asked, found({row.address}), noon);
        REQUIRE(admitted.begin);
        CHECK(admitted.begin->spacing == Seconds{row.wanted});
        CHECK(admitted.begin->operator_spacing == Seconds{4});
        CHECK(admitted.begin->samples == 7);
    }
}

TEST_CASE("a run asks a limited number of public addresses; private ones do not count") {
    ScanSettings settings;
    settings.manners.addresses = 2;
    const ntp::RateBudget budget;
    const ntp::ExchangeBackoff exchanges;
    Admission admission(settings, budget, exchanges);
    struct Row {
        const char* host;
        const char* address;
        bool asked;
    };
    const Row rows[] = {
        {"a.example", "192.0.2.1", true},     {"b.example", "10.0.0.1", true},
        {"c.example:124", "192.0.2.1", true}, {"d.example", "192.0.2.2", true},
        {"e.example", "192.0.2.3", false},    {"f.example", "127.0.0.1", true},
        {"g.example", "192.0.2.2", true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.host);
        const auto admitted = admission.admit(target(row.host), found({row.address}), noon);
        CHECK(admitted.series.has_value() == row.asked);
        CHECK(admitted.outcome.not_asked.has_value() == !row.asked);
        CHECK(admitted.outcome.why ==
              (row.asked ? "" : "2 public addresses are asked already in this run"));
    }
}

TEST_CASE("whom the budget protects is not asked: its samples of then are used") {
    const ScanSettings settings;
    ntp::RateBudget budget;
    const IpAddress address = parse_address("192.0.2.1").value();
    for (int i = 0; i < 4; ++i) {
        const auto later = std::chrono::seconds{2 * i};
        budget.spend(address, {noon.wall + later, noon.steady + later});
    }
    const ntp::ExchangeBackoff exchanges;
    Admission admission(settings, budget, exchanges);
    const Now soon{noon.wall + 60s, noon.steady + 60s};
    const auto admitted = admission.admit(target("a.example"), found({"192.0.2.1"}), soon);
    CHECK(admitted.outcome.reused);
    CHECK_FALSE(admitted.series);
    CHECK_FALSE(admitted.outcome.not_asked);
    const Now next_day{noon.wall + 24h, noon.steady + 24h};
    CHECK(admission.admit(target("a.example"), found({"192.0.2.1"}), next_day).begin);
}

TEST_CASE("a refused address gets no packet, unless the target is asked anyway") {
    ScanSettings settings;
    settings.refusal = [](const ProbeTarget& asked, const IpAddress& address) {
        return asked.named.name == "ntp1.example" && to_string(address) == "192.0.2.7"
                   ? std::string("blocked")
                   : std::string();
    };
    const ntp::RateBudget budget;
    const ntp::ExchangeBackoff exchanges;
    Admission admission(settings, budget, exchanges);
    ProbeTarget asked = target("192.0.2.7");
    asked.named = {"ntp1.example"};
    const Admitted refused = admission.admit(asked, found({"192.0.2.7"}), noon);
    CHECK(refused.outcome.not_asked == Rejection::refused);
    CHECK(refused.outcome.why == "blocked");
    CHECK(refused.outcome.endpoint.has_value());
    CHECK_FALSE(refused.begin.has_value());
    CHECK(admission.admit(asked, found({"192.0.2.8"}), noon).begin.has_value());
    asked.asked_anyway = true;
    CHECK(admission.admit(asked, found({"192.0.2.7"}), noon).begin.has_value());
}

}  // namespace clockwright::system
