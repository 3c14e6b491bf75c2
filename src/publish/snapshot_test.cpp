#include "publish/snapshot.h"

#include <doctest/doctest.h>

using namespace clockwright;

TEST_CASE("a row of the scan finds its watch by name and address, in whatever order they are") {
    Snapshot snapshot;
    const char* addresses[] = {"192.0.2.1", "192.0.2.2", "192.0.2.3"};
    for (const char* address : addresses) {
        ScanRow row;
        row.candidate.source.as_written = "pool.example";
        row.candidate.address = parse_address(address);
        snapshot.scan.rows.push_back(row);
        WatchedServer server;
        server.host = "pool.example";
        server.address = parse_address(address);
        snapshot.watched.insert(snapshot.watched.begin(), server);
    }
    for (std::size_t row = 0; row < 3; ++row) {
        REQUIRE(snapshot.watch_of(row) != nullptr);
        CHECK(snapshot.watch_of(row)->address == parse_address(addresses[row]));
    }
    snapshot.watched.pop_back();
    CHECK(snapshot.watch_of(0) == nullptr);
}
