#include "app/diagnosis.h"

#include <doctest/doctest.h>

#include "ntp/kiss.h"
#include "tests/fakes/asked_stranger.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace clockwright::app;

TEST_CASE("the way to a stranger is not tried where it cannot be remembered, or it sent us away") {
    const TemporaryDirectory directory;
    directory.write("memory.json", "{");
    Context context;
    context.config.state.directory = directory.path();
    context.command.diagnose = context.command.quiet = context.command.ipv4 = true;
    ScanReport report;
    report.rows.emplace_back();
    Candidate& candidate = report.rows.front().candidate;
    candidate = public_candidate();
    candidate.address = stranger;
    candidate.series.sent = 4;
    REQUIRE(diagnose_paths(report, context));
    REQUIRE(report.notes.size() == 1);
    CHECK(report.notes.front().contains("The way to public servers was not tried"));

    for (const auto kiss :
         {ntp::kiss_code("DENY"), ntp::kiss_code("RSTR"), ntp::kiss_code("RATE")}) {
        CAPTURE(ntp::kiss_text(kiss));
        report.notes.clear();  // nobody is left to try it with
        candidate.series.kiss = kiss;
        REQUIRE(diagnose_paths(report, context));
        CHECK(report.notes.empty());
    }
    candidate.series.kiss = ntp::kiss_code("INIT");
    REQUIRE(diagnose_paths(report, context));
    CHECK(report.notes.size() == 1);
}
