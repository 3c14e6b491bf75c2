#include "publish/nts_text.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

const WallTime noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h};

NtsReport good() {
    NtsReport report;
    report.server = "time.example";
    report.port = 1123;
    report.algorithm = 15;
    report.cookies = 7;
    report.subject = "CN=time.example";
    report.issuer = "CN=Example CA";
    report.not_before = noon - std::chrono::days{30};
    report.not_after = noon + std::chrono::days{60};
    return report;
}

}  // namespace

TEST_CASE("what NTS told is said with algorithm, cookies and certificate") {
    CHECK(nts_text(good()) ==
          "NTS: AES-SIV-CMAC-256, 7 cookies left; certificate of CN=time.example by CN=Example CA, "
          "2026-10-21 to 2027-01-19");
    NtsReport refused;
    refused.failure = NtsFailure::refused;
    CHECK(nts_text(refused) == "NTS: port of the key exchange is closed");
    refused.why = "port 4460 of 192.0.2.1 is closed";
    CHECK(nts_text(refused) == "NTS: port 4460 of 192.0.2.1 is closed");
}

TEST_CASE("names of a certificate cannot move the cursor") {
    NtsReport report = good();
    report.subject = "CN=\x1b[2J";
    CHECK_FALSE(nts_text(report).contains('\x1b'));
    CHECK_FALSE(nts_json(report, 0).contains('\x1b'));
}

TEST_CASE("the end of a certificate is told three weeks before") {
    NtsReport report = good();
    CHECK(certificate_end(report, noon) == "");
    CHECK(certificate_end(report, report.not_after - std::chrono::days{22}) == "");
    CHECK(certificate_end(report, report.not_after - std::chrono::days{20}).contains("2027-01-19"));
    CHECK(certificate_end(report, report.not_after + 1h) == "its certificate ended on 2027-01-19");
    CHECK(certificate_end(NtsReport{}, noon) == "");
}

TEST_CASE("as JSON what is missing is null") {
    const auto json = nlohmann::json::parse(nts_json(good(), 0));
    CHECK(json["failure"].is_null());
    CHECK(json["algorithm"] == "AES-SIV-CMAC-256");
    CHECK(json["port"] == 1123);
    CHECK(json["cookies"] == 7);
    CHECK(json["not_after"] == "2027-01-19T12:00:00Z");
    NtsReport failed;
    failed.failure = NtsFailure::alpn;
    const auto other = nlohmann::json::parse(nts_json(failed, 0));
    CHECK(other["failure"] == "server does not speak ntske/1");
    CHECK(other["algorithm"].is_null());
    CHECK(other["subject"].is_null());
    CHECK(other["not_before"].is_null());
}

TEST_CASE("a source that should be authenticated and is not, or soon will not be, is told") {
    DaemonSource source;
    source.authentication = Authentication::none;
    CHECK(nts_fault(source, false) == "");
    CHECK(nts_fault(source, true) == "its line asks for NTS, and it is not authenticated");
    source.authentication = Authentication::nts;
    source.nts.emplace();
    source.nts->cookies = 8;
    CHECK(nts_fault(source, true) == "");
    source.nts->cookies = 0;
    CHECK(nts_fault(source, true) == "NTS: no cookie is left");
    source.nts->failed_exchanges = 3;
    CHECK(nts_fault(source, true) == "NTS: no cookie is left and 3 key exchanges failed");
    source.nts->nak = true;
    CHECK(nts_fault(source, true).contains("NTS NAK"));
    source.authentication.reset();  // not permitted to know
    source.nts.reset();
    CHECK(nts_fault(source, true) == "");
}

TEST_CASE("options that chronyd gives a source are shown") {
    DaemonSource source;
    CHECK(effective_options(source) == "");
    source.trust = source.require = true;
    source.prefer = false;
    CHECK(effective_options(source) == "trust require");
}
