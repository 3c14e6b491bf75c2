#include "find/catalogue_details.h"

#include <doctest/doctest.h>

#include "find/catalogue.h"

using namespace clockwright;

TEST_CASE("the terms of a server and where they are from are known") {
    const auto* known = catalogue_details("Time.Google.com");
    REQUIRE(known != nullptr);
    CHECK(known->timescale == "utc-smeared");
    CHECK_FALSE(known->sources.empty());
    CHECK(catalogue_details("time.google.com.") == nullptr);
}

TEST_CASE("both tables of the catalogue hold the same hosts and agree") {
    CHECK(all_catalogue_details().size() == 506);
    for (const CatalogueDetails& details : all_catalogue_details()) {
        CAPTURE(details.host);
        const auto* server = find_in_catalogue(details.host);
        REQUIRE(server != nullptr);
        CHECK(server->open == (details.usage == "open"));
        CHECK(server->utc == (details.timescale == "utc"));
    }
}
