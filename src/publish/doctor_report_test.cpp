#include "publish/doctor_report.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "publish/table.h"

using namespace clockwright;

namespace {

Finding finding(const char* id, Severity severity) {
    return {id,
            severity,
            std::string("/etc/chrony/chrony.conf:3 says ") + id,
            "it bites",
            "rules T-1",
            "makestep 1.0 3",
            "/etc/chrony/chrony.conf",
            3};
}

DoctorReport report_with(std::vector<Finding> findings) {
    DoctorReport report;
    report.daemon_text = "chrony, pid 611";
    report.findings = std::move(findings);
    report.program = "/usr/bin/clockwright";
    return report;
}

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

}  // namespace

TEST_CASE("the worst finding decides the code, and advice is no stain") {
    const auto error = finding("e", Severity::error), warning = finding("w", Severity::warning),
               advice = finding("a", Severity::advice);
    CHECK(doctor_code(report_with({})) == 0);
    CHECK(doctor_code(report_with({advice})) == 0);
    CHECK(doctor_code(report_with({warning, advice})) == 1);
    CHECK(doctor_code(report_with({error, warning})) == 2);
}

TEST_CASE("the first line concludes, the last says what to do") {
    const auto clean = doctor_text(report_with({finding("a", Severity::advice)}));
    CHECK(first_line(clean) == "Clean: no error, no warning, 1 piece of advice; chrony, pid 611.");
    CHECK(clean.ends_with("\nNext: clockwright status\n"));
    const auto bad =
        doctor_text(report_with({finding("e", Severity::error), finding("w", Severity::warning)}));
    CHECK(first_line(bad) == "1 error, 1 warning; chrony, pid 611.");
    CHECK(bad.ends_with("\nNext: the first of them: makestep 1.0 3\n"));
    CHECK(bad.find("Errors\n") < bad.find("Warnings\n"));
    CHECK(bad.contains("    why   it bites (rules T-1)\n    do    makestep 1.0 3\n"));
}

TEST_CASE("nothing is wider than 80 columns, and what came from files is made safe") {
    auto report = report_with({finding("e", Severity::error)});
    report.findings[0].what = "a\x1b[31mred " + std::string(30, 'x') + std::string(8, ' ') +
                              "and many more words that go on and on until the line has an end";
    report.daemons.emplace_back();
    report.daemons.back().unit = "ntpsec.service";
    report.not_looked_at = {{"which program holds UDP port 123", "root", "/usr/bin/ss -lunp"}};
    std::istringstream lines(doctor_text(report));
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        CHECK(width_of(line) <= 80);
        CHECK_FALSE(line.contains('\x1b'));
    }
}

TEST_CASE("what was not looked at comes with what it needs and a line for sudoers") {
    auto report = report_with({});
    CHECK_FALSE(doctor_text(report).contains("sudoers"));
    report.not_looked_at = {{"which program holds UDP port 123", "root", "/usr/bin/ss -lunp"}};
    const auto text = doctor_text(report);
    CHECK(text.contains("  which program holds UDP port 123, needs root\n"));
    CHECK(text.contains("      sudo /usr/bin/ss -lunp\n"));
    CHECK(text.contains("    %adm ALL=(root) NOPASSWD: /usr/bin/clockwright doctor \"\"\n"));
}

TEST_CASE("the document has every finding with its place, or null") {
    auto report = report_with({finding("e", Severity::error), finding("a", Severity::advice)});
    report.findings[1].file.clear();
    report.findings[1].line = 0;
    DaemonPresence chrony;
    chrony.unit = "chrony.service";
    chrony.program = ClockProgram{"chronyd", 611, {}, true, false};
    report.daemons = {chrony};
    report.provenance = {{"a.e", "/etc/chrony/chrony.conf", 3, "configuration", "in use", ""}};
    const auto json = nlohmann::json::parse(doctor_json(report));
    CHECK(json["clean"] == false);
    CHECK(json["errors"] == 1);
    CHECK(json["warnings"] == 0);
    CHECK(json["advice"] == 1);
    CHECK(json["findings"][0]["id"] == "e");
    CHECK(json["findings"][0]["severity"] == "error");
    CHECK(json["findings"][0]["line"] == 3);
    CHECK(json["findings"][1]["file"].is_null());
    CHECK(json["daemons"][0]["sets_the_clock"] == true);
    CHECK(json["provenance"][0]["why"].is_null());
    CHECK(json["not_looked_at"].empty());
}
