#include "app/diagnosis.h"

#include <doctest/doctest.h>

#include "tests/fakes/asked_stranger.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace clockwright::app;

TEST_CASE("the way to a stranger is not tried where what is sent cannot be remembered") {
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
}
