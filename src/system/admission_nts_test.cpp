// Who exchanges keys, and who is asked with them.
#include "system/admission.h"

#include <doctest/doctest.h>

#include "tests/fakes/admission_case.h"

namespace clockwright::system {

using namespace std::chrono_literals;
using fakes::found;
using fakes::noon;
using fakes::target;

namespace {

NtsReport report_of(NtsFailure failure) {
    NtsReport report;
    report.failure = failure;
    report.server = "b.example";
    return report;
}

constexpr const char* stranger = "192.0.2.1";
const ntp::KeyServer a_example{"nts://a.example", parse_address(stranger)};

}  // namespace

TEST_CASE("an nts:// host is led to its key exchange, not to time") {
    const ScanSettings settings;
    const ntp::RateBudget budget;
    const ntp::ExchangeBackoff exchanges;
    Admission admission(settings, budget, exchanges);
    const auto admitted =
        admission.admit(target("nts://a.example:4461"), found({"10.0.0.1"}), noon);
    CHECK(admitted.exchange == Endpoint{*parse_address("10.0.0.1"), 4461});
    CHECK_FALSE(admitted.begin);
    CHECK_FALSE(admitted.outcome.not_asked);
    CHECK_FALSE(admission.admit(target("nts://b.example"), found({"224.0.0.1"}), noon).exchange);
    const auto unresolved = admission.admit(target("nts://c.example"), {}, noon);
    CHECK(unresolved.outcome.nts->failure == NtsFailure::unresolved);
    CHECK_FALSE(unresolved.exchange);
}

TEST_CASE("keys are used where the exchange said, in a series of their own") {
    const ScanSettings settings;
    const ntp::RateBudget budget;
    const ntp::ExchangeBackoff exchanges;
    Admission admission(settings, budget, exchanges);
    const Endpoint at{*parse_address("10.0.0.2"), 4123};
    const auto plain = admission.admit(target("10.0.0.2:4123"), found({"10.0.0.2"}), noon);
    CHECK(plain.series == 0uz);
    const ntp::NtsKeys keys{.algorithm = 15, .to_server = {1}, .to_client = {2}, .cookies = {}};
    const auto timed = admission.admit_time(target("nts://a.example"), at, keys,
                                            report_of(NtsFailure::none), noon);
    CHECK(timed.series == 1uz);
    REQUIRE(timed.begin);
    CHECK(timed.begin->nts == keys);
    CHECK(timed.begin->endpoint == at);
    CHECK(timed.outcome.nts->server == "b.example");
    CHECK(timed.outcome.endpoint == at);
}

TEST_CASE("a stranger's key exchange is held back after a failure, and its reason is told") {
    const ScanSettings settings;
    const ntp::RateBudget budget;
    ntp::ExchangeBackoff exchanges;
    exchanges.begin(a_example, noon);
    exchanges.report(a_example, report_of(NtsFailure::certificate_name));
    Admission admission(settings, budget, exchanges);
    const auto held = admission.admit(target("nts://a.example"), found({stranger}), noon);
    CHECK_FALSE(held.exchange);
    CHECK(held.outcome.nts->failure == NtsFailure::held_back);
    CHECK(held.outcome.why.find("certificate is for another name") != std::string::npos);
    const Now later{noon.wall + 10s, noon.steady + 10s};
    CHECK(admission.admit(target("nts://a.example"), found({stranger}), later).exchange);
    // Our own servers have no floors.
    CHECK(admission.admit(target("nts://a.example"), found({"10.0.0.1"}), noon).exchange);
}

TEST_CASE("within the hour after a stranger gave keys its samples of then are used") {
    const ScanSettings settings;
    const ntp::RateBudget budget;
    ntp::ExchangeBackoff exchanges;
    const Endpoint at{*parse_address("192.0.2.9"), 4123};
    exchanges.begin(a_example, noon);
    exchanges.succeeded(a_example, at);
    exchanges.report(a_example, report_of(NtsFailure::none));
    Admission admission(settings, budget, exchanges);
    const auto reused = admission.admit(target("nts://a.example"), found({stranger}), noon);
    CHECK_FALSE(reused.exchange);
    CHECK(reused.outcome.reused);
    CHECK(reused.outcome.endpoint == at);
    CHECK(reused.outcome.nts->server == "b.example");
    const Now later{noon.wall + 1h, noon.steady + 1h};
    CHECK(admission.admit(target("nts://a.example"), found({stranger}), later).exchange);
}

TEST_CASE(
    "a stranger whose certificate could not be checked gives keys again when it may be asked") {
    const ScanSettings settings;
    ntp::ExchangeBackoff exchanges;
    const Endpoint at{*parse_address("192.0.2.9"), 4123};
    exchanges.begin(a_example, noon);
    exchanges.succeeded(a_example, at);
    exchanges.report(a_example, report_of(NtsFailure::clock_wrong));
    const Now soon{noon.wall + 64s, noon.steady + 64s};
    const ntp::RateBudget steady;  // watching: nobody is in the way
    CHECK(Admission(settings, steady, exchanges)
              .admit(target("nts://a.example"), found({stranger}), soon)
              .exchange);
    ntp::RateBudget hourly;  // a scan: one series an hour
    hourly.spend(at.address, noon);
    const auto reused = Admission(settings, hourly, exchanges)
                            .admit(target("nts://a.example"), found({stranger}), soon);
    CHECK_FALSE(reused.exchange);
    CHECK(reused.outcome.reused);
}

TEST_CASE("another spelling of a stranger is no second key exchange") {
    const ScanSettings settings;
    const ntp::RateBudget budget;
    ntp::ExchangeBackoff exchanges;
    Admission run(settings, budget, exchanges);
    CHECK(run.admit(target("nts://A.example"), found({stranger}), noon).exchange);
    const auto twin = run.admit(target("nts://b.example"), found({stranger}), noon);
    CHECK_FALSE(twin.exchange);
    CHECK(twin.outcome.why.ends_with("192.0.2.1 is asked for keys as nts://a.example in this run"));

    exchanges.begin(key_server(*parse_host("nts://A.example"), *parse_address(stranger)), noon);
    exchanges.succeeded(a_example, {*parse_address(stranger), 123});
    Admission next(settings, budget, exchanges);
    CHECK(next.admit(target("nts://A.Example"), found({stranger}), noon).outcome.reused);
    const auto other = next.admit(target("nts://b.example:4461"), found({stranger}), noon);
    CHECK(other.outcome.nts->failure == NtsFailure::held_back);
    CHECK(other.outcome.why.ends_with(
        "192.0.2.1 was asked for keys as nts://a.example less than an hour ago"));
}

TEST_CASE("keys that could not be used within the hour are not fetched") {
    const ScanSettings settings;
    ntp::RateBudget budget;
    budget.spend(*parse_address(stranger), noon);
    const ntp::ExchangeBackoff exchanges;
    Admission admission(settings, budget, exchanges);
    const auto held = admission.admit(target("nts://a.example"), found({stranger}), noon);
    CHECK_FALSE(held.exchange);
    CHECK(held.outcome.nts->failure == NtsFailure::held_back);
    // The exchange of another host may lead to the same address.
    const auto timed =
        admission.admit_time(target("nts://b.example"), {*parse_address(stranger), 123}, {},
                             report_of(NtsFailure::none), noon);
    CHECK_FALSE(timed.begin);
    CHECK(timed.outcome.nts->failure == NtsFailure::held_back);
}

TEST_CASE("key exchanges count among the public addresses of a run") {
    ScanSettings settings;
    settings.manners.addresses = 1;
    const ntp::RateBudget budget;
    const ntp::ExchangeBackoff exchanges;
    Admission admission(settings, budget, exchanges);
    CHECK(admission.admit(target("nts://a.example"), found({stranger}), noon).exchange);
    CHECK_FALSE(admission.admit(target("nts://b.example"), found({"192.0.2.2"}), noon).exchange);
    CHECK_FALSE(admission.admit(target("c.example"), found({"192.0.2.3"}), noon).begin);
    const Endpoint elsewhere{*parse_address("192.0.2.4"), 123}, same{*parse_address(stranger), 123};
    const auto none = report_of(NtsFailure::none);
    CHECK_FALSE(admission.admit_time(target("nts://a.example"), elsewhere, {}, none, noon).begin);
    CHECK(admission.admit_time(target("nts://a.example"), same, {}, none, noon).begin);
}

TEST_CASE("a public key exchange must not lead into our network") {
    struct Row {
        const char *exchange, *server;
        bool forbidden;
    };
    const Row rows[] = {
        {"192.0.2.1", "192.0.2.2", false}, {"192.0.2.1", "10.0.0.1", true},
        {"192.0.2.1", "127.0.0.1", true},  {"192.0.2.1", "169.254.169.123", true},
        {"192.0.2.1", "fe80::1", true},    {"192.0.2.1", "fd00::1", true},
        {"192.0.2.1", "::1", true},        {"2001:db8::1", "192.168.1.1", true},
        {"10.0.0.1", "10.0.0.2", false},   {"10.0.0.1", "127.0.0.1", false},
        {"10.0.0.1", "192.0.2.1", true},   {"10.0.0.1", "224.0.1.1", true},
        {"127.0.0.1", "0.0.0.0", true},    {"192.0.2.1", "255.255.255.255", true},
        {"192.0.2.1", "100.64.0.1", true}, {"127.0.0.1", "::", true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.exchange);
        CAPTURE(row.server);
        CHECK(!why_forbidden_server(*parse_address(row.exchange), *parse_address(row.server))
                   .empty() == row.forbidden);
    }
}

TEST_CASE("a refused address gets no packet when a key exchange names it either") {
    ScanSettings settings;
    settings.refusal = [](const ProbeTarget&, const IpAddress& address) {
        return to_string(address) == "10.0.0.2" ? std::string("blocked") : std::string();
    };
    const ntp::RateBudget budget;
    const ntp::ExchangeBackoff exchanges;
    Admission admission(settings, budget, exchanges);
    const auto none = report_of(NtsFailure::none);
    const auto refused = admission.admit_time(target("nts://a.example"),
                                              {*parse_address("10.0.0.2"), 123}, {}, none, noon);
    CHECK_FALSE(refused.begin);
    CHECK(refused.outcome.nts->failure == NtsFailure::held_back);
    CHECK(refused.outcome.why.contains("blocked"));
    CHECK(admission
              .admit_time(target("nts://a.example"), {*parse_address("10.0.0.3"), 123}, {}, none,
                          noon)
              .begin);
}

TEST_CASE("a stranger has one series in a run when it is asked by NTS, under whatever name") {
    const ntp::NtsKeys keys{.algorithm = 15, .to_server = {1}, .to_client = {2}, .cookies = {}};
    struct Row {
        const char *first, *second;  ///< names of the same place
        const char* address;
        bool both;
    };
    const Row rows[] = {{"nts://a.example", "nts://b.example", stranger, false},
                        {"nts://a.example", "b.example:1123", stranger, false},
                        {"a.example", "nts://b.example", stranger, false},
                        {"a.example", "b.example:1123", stranger, true},
                        {"nts://a.example", "nts://b.example", "10.0.0.1", true}};
    for (const Row& row : rows) {
        CAPTURE(row.first);
        CAPTURE(row.second);
        const ScanSettings settings;
        const ntp::RateBudget budget;
        const ntp::ExchangeBackoff exchanges;
        Admission admission(settings, budget, exchanges);
        const auto ask = [&](const char* name) {
            const Endpoint at{*parse_address(row.address), ntp_port};
            const ProbeTarget it = target(name);
            return it.host.nts
                       ? admission.admit_time(it, at, keys, report_of(NtsFailure::none), noon)
                       : admission.admit(it, found({row.address}), noon);
        };
        CHECK(ask(row.first).begin);
        const Admitted second = ask(row.second);
        CHECK(second.begin.has_value() == row.both);
        CHECK(second.outcome.why.contains("asked in this run already, as") == !row.both);
        CHECK_FALSE(second.outcome.too_soon);
    }
}

TEST_CASE("a poll that comes too soon for a stranger's budget is told from one in vain") {
    const ScanSettings settings;
    ntp::RateBudget budget;
    budget.spend(*parse_address(stranger), noon);
    const ntp::ExchangeBackoff exchanges;
    Admission admission(settings, budget, exchanges);
    const Endpoint at{*parse_address(stranger), ntp_port};
    CHECK(admission.admit_time(target("nts://a.example"), at, {}, {}, noon).outcome.too_soon);
    CHECK(admission.admit(target("nts://a.example"), found({stranger}), noon).outcome.too_soon);
}

TEST_CASE("when no stranger may be asked, none is, not even who is named; neighbours are") {
    const ScanSettings settings;
    const ntp::RateBudget budget;
    const ntp::ExchangeBackoff exchanges;
    Admission admission(settings, budget, exchanges);
    admission.close_to_strangers("what is sent cannot be remembered");
    for (const char* name : {"a.example", "nts://b.example"}) {
        ProbeTarget named = target(name);
        named.asked_anyway = true;
        const auto admitted = admission.admit(named, found({stranger}), noon);
        CHECK_FALSE(admitted.begin);
        CHECK_FALSE(admitted.exchange);
        CHECK(admitted.outcome.not_asked == Rejection::refused);
        CHECK(admitted.outcome.why == "what is sent cannot be remembered");
    }
    CHECK(admission.admit(target("c.example"), found({"10.0.0.1"}), noon).begin);
    const Endpoint at{*parse_address(stranger), ntp_port};
    CHECK_FALSE(admission.admit_time(target("nts://d.example"), at, {}, {}, noon).begin);
}

}  // namespace clockwright::system
