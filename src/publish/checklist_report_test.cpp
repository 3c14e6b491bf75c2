#include "publish/checklist_report.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace clockwright;

namespace {

const std::vector<ChecklistStep> half_done{
    {"daemon", true, "chrony runs and is enabled", "systemctl enable --now chrony"},
    {"alerts", false, "alerts reach the journal only", "clockwright config init"}};

}  // namespace

TEST_CASE("a list says first how far it is, and last what comes next") {
    const std::string text = checklist_text(half_done);
    CHECK(text.starts_with("1 of 2 steps are done.\n"));
    CHECK(text.contains("  done chrony runs and is enabled\n"));
    CHECK(
        text.contains("  open alerts reach the journal only\n         clockwright config init\n"));
    CHECK(text.ends_with("Next: clockwright config init\n"));
    CHECK_FALSE(text.contains("systemctl"));
    CHECK(checklist_text({half_done.front()}).ends_with("Next: clockwright status\n"));
}

TEST_CASE("as JSON only an open step tells what to do") {
    const auto json = nlohmann::json::parse(checklist_json(half_done));
    CHECK(json["complete"] == false);
    CHECK(json["steps"][0]["to_do"].is_null());
    CHECK(json["steps"][1]["to_do"] == "clockwright config init");
    CHECK(nlohmann::json::parse(checklist_json({}))["complete"] == true);
}
