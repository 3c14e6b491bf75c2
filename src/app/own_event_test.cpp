#include "app/own_event.h"

#include <doctest/doctest.h>

#include "app/verified_chain.h"
#include "store/sqlite_history.h"
#include "tests/fakes/record_rows.h"
#include "tests/fakes/temporary_directory.h"

namespace clockwright::app {
namespace {

TEST_CASE("what a command did to a clock is in the record and in the audit chain") {
    const TemporaryDirectory state;
    Context context;
    context.config.state.directory = state.path();
    context.config.origins["state.directory"] = "test";
    REQUIRE(remember_event(context, event_row(record_noon, "sync", "slew of +2 ms begun")));
    REQUIRE(remember_event(context, event_row(record_noon, "sync", "slew of +2 ms: done")));
    CHECK(store::SqliteHistory::open(state.path())->events({})->size() == 2);
    std::string texts;
    const auto chain =
        verified_chain(context.config, {}, [&](std::string_view text) { texts += text; });
    REQUIRE(chain);
    CHECK(chain->end.records == 2);
    CHECK(texts.contains("slew of +2 ms begun"));
}

TEST_CASE("a chain that is damaged keeps nothing out of the record") {
    const TemporaryDirectory state;
    state.make_directory("audit");
    state.write("audit/2026-11-20.chain", "nonsense\n");
    Context context;
    context.config.state.directory = state.path();
    context.config.origins["state.directory"] = "test";
    context.command.quiet = true;
    REQUIRE(remember_event(context, event_row(record_noon, "sync", "slew of +2 ms begun")));
    CHECK(store::SqliteHistory::open(state.path())->events({})->size() == 1);
    CHECK_FALSE(verified_chain(context.config, {}));
}

}  // namespace
}  // namespace clockwright::app
