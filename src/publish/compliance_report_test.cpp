#include "publish/compliance_report.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

const WallTime midnight{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20}};
const Period day{midnight, midnight + 24h};

const ComplianceProfile& profile(std::string_view name) {
    return *std::ranges::find(compliance_profiles(), name, &ComplianceProfile::name);
}

/// A look a minute at ±12 ms against 50 ms, with a breach of two minutes at noon and an hour lost.
ComplianceReport report() {
    ComplianceReport report;
    report.host = "trade1.corp.example";
    report.made_at = midnight + 25h;
    report.profile = profile("finra-4590");
    report.limit = report.profile.limits.front();
    std::vector<ClockRow> looks;
    for (int i = 0; i < 1440; ++i) {
        if (i > 1000 && i < 1061) continue;
        ClockRow look;
        look.at = midnight + i * 1min;
        look.demonstrated = true;
        const bool wrong = i == 720 || i == 721;
        look.offset = Seconds{wrong ? 0.08 : 1e-4};
        look.bound = Seconds{wrong ? 0.09 : 0.012};
        looks.push_back(look);
    }
    report.finding = hold_to_limit(looks, day, *report.limit.limit);
    report.events = {
        {midnight + 12h, "step", "", "this clock was set forward by 80 ms", Seconds{0.08}}};
    report.sources = {{.name = "ntp1.corp.example",
                       .address = "10.0.0.1",
                       .by_daemon = true,
                       .polls = 1350,
                       .answered = 1340,
                       .half_delay = Seconds{1e-3},
                       .root_distance = Seconds{11e-3}}};
    report.chain.head = std::string(64, 'a');
    report.chain.records = 4711;
    report.chain.looks = report.chain.same = 1380;
    report.changes = {{midnight + 9h, "7f3c9a", "root", "better servers", "applied"}};
    return report;
}

}  // namespace

TEST_CASE("the statement is about what was measured, rounded against the clock") {
    const auto statement = compliance_statement(report());
    REQUIRE(statement.size() == 4);
    // 1440 − 58 − 2 minutes of 1440 are 95.833 %.
    CHECK(statement[0] ==
          "The measured bound stayed within 50 ms for 95.83 % of the period (23 h of 1 d).");
    CHECK(statement[1] ==
          "Beyond it for certain: 2 min (1 breach). Not demonstrated: 0 s. Not recorded: 58 min.");
    CHECK(statement[2] ==
          "Until the next look a bound grows by 15 ppm, for want of a record of the rate that is "
          "long enough.");
    ComplianceReport adverse = report();
    adverse.finding.beyond = Seconds{120.2};
    adverse.finding.unrecorded = Seconds{3601};
    CHECK(compliance_statement(adverse)[1] ==
          "Beyond it for certain: 2 min 1 s (1 breach). Not demonstrated: 0 s. Not recorded: 1 h "
          "1 min.");
}

TEST_CASE("servers that smear are forbidden below a second, and near a leap second deny it all") {
    ComplianceReport smeared = report();
    smeared.sources.front().smear = Smear::google;
    CHECK(smeared.concluded());
    CHECK(compliance_statement(smeared).back() ==
          "ntp1.corp.example smears leap seconds, which a limit below 1 s forbids: about one this "
          "clock is up to 1 s from UTC, whatever its bound says.");
    smeared.leap = midnight;
    CHECK_FALSE(smeared.concluded());
    CHECK(compliance_statement(smeared).back().ends_with(
        " One ended, or may have, at 2026-11-20T00:00:00Z: nothing is concluded."));
    ComplianceReport damaged = report();
    damaged.chain.fault = "record 7 was changed";
    CHECK(damaged.concluded());  // there is none
    damaged.chain.damaged = true;
    CHECK_FALSE(damaged.concluded());
    smeared.sources.front().by_daemon = false;
    CHECK_FALSE(smeared.concluded());  // where no daemon follows any, it bounds the clock
    smeared.sources.push_back(smeared.sources.front());
    smeared.sources.back().by_daemon = true;
    smeared.sources.back().smear = Smear::none;
    CHECK(smeared.concluded());  // watched beside
    smeared.sources.pop_back();
    smeared.sources.front().by_daemon = true;
    smeared.limit.limit = Seconds{1};
    CHECK(smeared.concluded());
    CHECK(smeared.forbidden_smear().empty());
}

TEST_CASE("no document says that anybody complies") {
    const Document document = compliance_document(report());
    for (const std::string& text : {document_text(document), document_markdown(document),
                                    document_html(document), compliance_json(report())}) {
        for (const char* word : {"you comply", "compliant", "Compliant", "in compliance"})
            CHECK_FALSE(text.contains(word));
        CHECK(text.contains("trade1.corp.example"));
        CHECK(text.contains("second-hand"));
        CHECK(text.contains("2026-11-20T12:00:00"));  // the breach, the step
        CHECK(text.contains("7f3c9a"));
        CHECK(text.contains("better servers"));
    }
}

TEST_CASE("a record with too many gaps concludes nothing, and no record proves nothing") {
    ComplianceReport thin = report();
    thin.finding = hold_to_limit({}, day, Seconds{0.05});
    const auto statement = compliance_statement(thin);
    CHECK(statement[0].contains("for 0.00 % of the period"));
    CHECK(statement.back() ==
          "Looks cover 0.00 % of the period only: nothing is concluded about "
          "the whole.");
    CHECK(document_text(compliance_document(thin)).contains("not recorded"));
}

TEST_CASE("a regime before or after its time, or without a number, says so") {
    ComplianceReport old = report();
    old.profile = profile("rts-25-2017-574");
    CHECK(
        compliance_statement(old).back().starts_with("The regime is no longer in force since "
                                                     "2026-03-02"));
    ComplianceReport early = report();
    early.profile = profile("eu-2025-1155");
    early.finding.period.from = midnight - 365 * 24h;
    CHECK(compliance_statement(early).back().starts_with("The regime is in force from 2026-03-02"));
    ComplianceReport loose = report();
    loose.limit.limit.reset();
    CHECK(compliance_statement(loose)[0].contains("names no number"));
}

TEST_CASE("JSON and CSV have the stretches as numbers") {
    const auto json = nlohmann::json::parse(compliance_json(report()));
    CHECK(json["profile"]["name"] == "finra-4590");
    CHECK(json["limit_seconds"] == 0.05);
    CHECK(json["beyond_seconds"] == 120.0);
    CHECK(json["concluded"] == true);
    CHECK(json["stretches"].size() == 5);
    CHECK(json["stretches"][1]["answer"] == "beyond");
    CHECK(json["stretches"][1]["bound_most_seconds"].get<double>() ==
          doctest::Approx(0.09 + 60 * phi));
    CHECK(json["bound_most_seconds"].get<double>() == doctest::Approx(0.09 + 60 * phi));
    CHECK(json["drift_ppm"] == 15.0);
    CHECK(json["drift_recorded"] == false);
    CHECK(json["stretches"][3]["answer"] == "not recorded");
    CHECK(json["stretches"][3]["bound_most_seconds"].is_null());
    CHECK(json["stretches"][3]["offset_most_seconds"].is_null());
    const std::string csv = compliance_csv(report());
    CHECK(csv.contains("2026-11-20T12:00:00.000000Z,2026-11-20T12:02:00.000000Z,beyond,0.09"));
    CHECK(csv.contains(",not recorded,,\r\n"));
    CHECK(std::ranges::count(csv, '\n') == 6);
}

TEST_CASE("the head of the chain is in each report, and what it does not prove") {
    const std::string text = document_markdown(compliance_document(report()));
    CHECK(text.contains("record 4711: " + std::string(64, 'a')));
    CHECK(text.contains("Who is root on this host can write another record and another chain"));
    const auto json = nlohmann::json::parse(compliance_json(report()));
    CHECK(json["audit_chain"]["head"] == std::string(64, 'a'));
    CHECK(json["audit_chain"]["same"] == 1380);
    ComplianceReport without = report();
    without.chain = {};
    without.chain.fault = "there is no audit chain";
    CHECK(nlohmann::json::parse(compliance_json(without))["audit_chain"]["head"].is_null());
    CHECK(compliance_statement(without)[3].starts_with("No audit chain bears these numbers out"));
}

TEST_CASE("nothing is concluded from a record that the chain contradicts") {
    ComplianceReport forged = report();
    forged.chain.changed = 2;
    forged.chain.first = midnight + 3h;
    CHECK(compliance_statement(forged)[3].contains("from 2026-11-20T03:00:00Z on"));
    CHECK(nlohmann::json::parse(compliance_json(forged))["concluded"] == false);
}

TEST_CASE("the list of profiles names each limit and how it is known") {
    const std::string text = profiles_text(compliance_profiles());
    CHECK(text.contains("finra-4590/50ms"));
    CHECK(text.contains("second-hand"));
    const auto json = nlohmann::json::parse(profiles_json(compliance_profiles()));
    REQUIRE(json["profiles"].size() == compliance_profiles().size());
    for (const auto& profile : json["profiles"]) {
        if (profile["profile"] != "finra-4590") continue;
        CHECK(profile["limits"][0]["limit"] == "50ms");
        CHECK(profile["limits"][0]["limit_seconds"] == 0.05);
    }
}
