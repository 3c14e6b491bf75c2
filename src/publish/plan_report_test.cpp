#include "publish/plan_report.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace clockwright;

namespace {

constexpr const char* heals = "Next: clockwright rollback last (heals what a crash left)\n";

}  // namespace

TEST_CASE("an unfinished change is told before the reason of a plan, which stays as it was") {
    Plan plan;
    plan.reason = "a better set";
    const auto json = nlohmann::json::parse(plan_json(plan, "Found unfinished change 7f3c9c."));
    CHECK(json["reason"] == "Found unfinished change 7f3c9c. Until then: a better set");
    CHECK(nlohmann::json::parse(plan_json(plan))["reason"] == "a better set");
    CHECK(plan.reason == "a better set");
}

TEST_CASE("the list of changes ends with what to do: restore a state, or heal first") {
    const ChangeLine old{"7f3c9a", "2026-11-20T12:00:00Z", "chrony", "a", "applied, verified"};
    const ChangeLine left{"7f3c9b", "2026-11-20T13:00:00Z", "chrony", "b", "unfinished"};
    CHECK(changes_text({old}).ends_with(
        "Next: clockwright rollback ID (the state before that change)\n"));
    CHECK(changes_text({old, left}).ends_with(heals));
    CHECK(changes_text({}).ends_with("Next: clockwright plan\n"));
}
