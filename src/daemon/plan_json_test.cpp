#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <functional>

#include "daemon/plan.h"
#include "tests/fakes/plan_case.h"

using namespace clockwright;
using namespace clockwright::fakes;
using Json = nlohmann::ordered_json;

namespace {

/// A plan with every kind of action.
Plan full_plan() {
    auto world = office_world("# caf\xe9\nserver liar iburst\n", own_1_to_4);
    world.add_server("liar", "2001:db8::66", 'x');
    world.boot();
    auto wish = plan_case(world, {"ntp1", "ntp2", "ntp3", "ntp5"});
    wish.settings.takeover = true;
    auto plan = wish.make().value();
    plan.id = "7f3c9a";
    plan.gain = 0.25;
    plan.steps[0].actions.emplace_back(RestartDaemon{.argv = {"/bin/true", "x"}});
    plan.steps[0].undo.emplace_back(RestartDaemon{.argv = {"/bin/true", "x"}});
    return plan;
}

Json document() {
    return Json::parse(plan_to_json(full_plan()));
}

}  // namespace

TEST_CASE("a plan comes back as it was, bytes that are no UTF-8 included") {
    const auto plan = full_plan();
    REQUIRE(plan.diff.contains('\xe9'));
    const auto back = plan_from_json(plan_to_json(plan));
    REQUIRE_MESSAGE(back, back.error().message);
    CHECK(*back == plan);
}

TEST_CASE("a plan rests on files of any mode a file can have") {
    for (const std::uint32_t mode : {0600U, 02644U, 07777U}) {
        CAPTURE(mode);
        Plan plan = full_plan();
        plan.rests_on.front().mode = mode;
        const auto back = plan_from_json(plan_to_json(plan));
        REQUIRE_MESSAGE(back, back.error().message);
        CHECK(*back == plan);
    }
}

TEST_CASE("a plan without a change comes back") {
    Plan plan;
    plan.daemon = "chrony";
    plan.reason = "the gate holds";
    const auto back = plan_from_json(plan_to_json(plan));
    REQUIRE_MESSAGE(back, back.error().message);
    CHECK(*back == plan);
}

TEST_CASE("a faulty plan is refused by the key that is wrong") {
    const struct {
        std::string what;
        std::function<void(Json&)> change;
        std::string words;
    } rows[] = {
        {"other format", [](auto& json) { json["clockwright_plan"] = 2; }, "clockwright_plan: "},
        {"missing key", [](auto& json) { json.erase("reason"); }, "reason: is missing"},
        {"unknown key", [](auto& json) { json["also"] = 1; }, "also: is not a key"},
        {"wrong type", [](auto& json) { json["change"] = "yes"; }, "change: must be true or false"},
        {"other daemon", [](auto& json) { json["daemon"] = "ntpd"; }, "daemon: "},
        {"no instant", [](auto& json) { json["made_at"] = "today"; }, "made_at: "},
        {"relative path",
         [](auto& json) { json["steps"][0]["actions"][0]["after"]["path"] = "etc/x"; },
         "steps[0].actions[0].after.path: must be absolute"},
        {"path upwards", [](auto& json) { json["rests_on"][0]["path"] = "/etc/../root/x"; },
         "rests_on[0].path: "},
        {"digest", [](auto& json) { json["rests_on"][0]["sha256"] = "zz"; }, "rests_on[0].sha256"},
        {"no mode", [](auto& json) { json["rests_on"][0]["mode"] = 010644; }, "rests_on[0].mode"},
        {"unknown action", [](auto& json) { json["steps"][0]["actions"][1]["do"] = "run"; },
         "steps[0].actions[1].do: is no action"},
        {"relative command", [](auto& json) { json["steps"][0]["actions"][2]["argv"][0] = "true"; },
         "steps[0].actions[2].argv: must begin with an absolute path"},
        {"undo of something else", [](auto& json) { json["steps"][0]["undo"] = Json::array(); },
         "steps[0].undo: does not take back"},
        {"a name with a line break",
         [](auto& json) { json["steps"][0]["expect"]["sources"][0]["name"] = "a\nserver b"; },
         "steps[0].expect.sources[0].name: "},
        {"an added name that is none",
         [](auto& json) {
             for (auto& source : json["steps"][0]["expect"]["sources"])
                 if (source["added"] == true) source["name"] = "-x";
         },
         "is no host name"},
        {"another foreign file",
         [](auto& json) { json["steps"][1]["actions"][0]["after"]["content"] = "user root\n"; },
         "steps[1].actions[0].after.content: changes more"},
        {"a file that is not on the ground", [](auto& json) { json["rests_on"] = Json::array(); },
         "is written but not named here"},
        {"a change without steps", [](auto& json) { json["steps"] = Json::array(); },
         "steps: a change has steps"},
        {"too many sources", [](auto& json) { json["before"]["minimum"] = 1e9; },
         "before.minimum: "},
        {"hex", [](auto& json) { json["diff"] = {{"hex", "0g"}}; }, "diff: hex must be pairs"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        auto json = document();
        row.change(json);
        const auto plan = plan_from_json(json.dump());
        REQUIRE_FALSE(plan);
        CAPTURE(plan.error().message);
        CHECK(plan.error().fault == Fault::bad_input);
        CHECK(plan.error().message.contains(row.words));
    }
}

TEST_CASE("all faults of a plan are named at once") {
    auto json = document();
    json["change"] = 1;
    json["daemon"] = "ntpd";
    const auto plan = plan_from_json(json.dump());
    REQUIRE_FALSE(plan);
    CHECK(plan.error().message.contains("change: "));
    CHECK(plan.error().message.contains("daemon: "));
}

TEST_CASE("a torn plan is no plan") {
    const auto text = plan_to_json(full_plan());
    for (std::size_t length = 0; length + 2 < text.size(); length += 7) {
        CAPTURE(length);
        CHECK_FALSE(plan_from_json(text.substr(0, length)));
    }
    for (const auto* other : {"[]", "null", "1", "\"plan\"", "{}"})
        CHECK_FALSE(plan_from_json(other));
}

TEST_CASE("a content that does not fit its digest is found") {
    auto plan = full_plan();
    CHECK(wrong_digests(plan, digest).empty());
    std::get<WriteFile>(plan.steps[0].actions[0]).after.content += "server evil\n";
    CHECK(wrong_digests(plan, digest) == std::vector<std::string>{DaemonWorld::own_file});
}
