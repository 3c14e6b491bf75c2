#include "app/verified_chain.h"

#include <doctest/doctest.h>

#include "publish/chain_comparison.h"
#include "store/recorder.h"
#include "store/sqlite_history.h"
#include "system/digest.h"
#include "tests/fakes/record_rows.h"
#include "tests/fakes/temporary_directory.h"

namespace clockwright::app {
namespace {

using namespace std::chrono_literals;

/// Looks of all sorts, as they are recorded and added to the chain.
std::vector<Record> looks() {
    std::vector<Record> rows;
    for (int i = 0; i < 8; ++i) {
        ClockRow look = clock_row(record_noon + i * 64s + 123'456'789ns, Seconds{1e-5 / (i + 3)});
        if (i % 2 == 1) look.consensus = look.consensus_bound = std::nullopt;
        if (i % 3 == 1) {
            look.demonstrated = false;
            look.offset = look.bound = std::nullopt;
            look.frequency = std::nullopt;
            look.authenticated = std::nullopt;
            look.stratum = look.agreeing = look.judged = 0;
            look.daemon.clear();
            look.sentence = "Not demonstrated: \"\xc2\xb1\" and \\ and \xff stay as they are.\n";
        }
        rows.emplace_back(look);
    }
    return rows;
}

TEST_CASE("every look comes back from the record as the audit chain has it") {
    const TemporaryDirectory state;
    Config config;
    config.state.directory = state.path();
    config.origins["state.directory"] = "test";
    REQUIRE(store::Recorder::open(state.path())->write(looks()));
    auto chain = store::AuditChain::open(state.path(), system::sha256_hex, "boot");
    REQUIRE(chain);
    SteadyTime steady{};
    for (const Record& row : looks()) {
        steady += 64s;
        REQUIRE(chain->append(std::span(&row, 1), {record_noon, steady}));
    }
    const auto recorded = store::SqliteHistory::open(state.path())->clock({});
    REQUIRE(recorded);
    ChainComparison comparison(*recorded, {record_noon, record_noon + 1h});
    REQUIRE(verified_chain(config, {}, [&](std::string_view text) { comparison.add(text); }));
    CHECK(comparison.answer().same == 8);
    CHECK_FALSE(comparison.answer().contradicts());
}

}  // namespace
}  // namespace clockwright::app
