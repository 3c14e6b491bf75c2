#include "app/agent_memory.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace clockwright::app;
using namespace std::chrono_literals;

TEST_CASE("what the agent remembers is read back as it was written") {
    const WallTime at{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20}};
    AgentMemory memory;
    memory.decided = at + 7ms;  // what came after a wish must be seen to
    memory.done.replaced = {{"ntp2", at - 24h, at + 24h, 2}};
    memory.done.not_held = {{"91ab02", at - 12h, 3}};
    memory.done.unknown_before = at - 36h;
    memory.proposal = Proposal{"7f3c9a", "a better set", at, {"ntp4"}, {"ntp2"}};
    memory.summed_up = at - 48h;
    memory.outcome = "proposed";
    memory.reason = "of the last decision";
    const auto again = parse_agent_memory(agent_memory_json(memory));
    REQUIRE(again);
    CHECK(again->decided == memory.decided);
    CHECK(again->done == memory.done);
    CHECK(again->summed_up == memory.summed_up);
    CHECK(again->outcome == "proposed");
    CHECK(again->reason == "of the last decision");
    REQUIRE(again->proposal);
    CHECK(again->proposal->id == "7f3c9a");
    CHECK(again->proposal->remove == std::vector<std::string>{"ntp2"});
}

TEST_CASE("a memory that an earlier release wrote is understood") {
    const auto memory =
        parse_agent_memory(R"({"version": 1, "decided": null, "replaced": [], "proposal": null})");
    REQUIRE(memory);
    CHECK(memory->done == ReplacementMemory{});
}

TEST_CASE("a damaged memory, or one of a newer program, is refused and not guessed at") {
    for (const char* text :
         {"", "{", "[]", "{}", R"({"version": 2})",
          R"({"version": 1, "decided": 5, "replaced": [], "proposal": null})",
          R"({"version": 1, "decided": "x", "replaced": [], "proposal": null})"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_agent_memory(text));
    }
}
