#include "app/judgement.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace clockwright::app;

TEST_CASE("count and minimum follow each other whatever the trust domain and the profile") {
    struct Row {
        const char* toml;
        int count, minimum;
    };
    for (const Row row :
         {Row{"", 5, 4}, Row{"count = 3", 3, 3}, Row{"count = 7", 7, 4}, Row{"minimum = 6", 6, 6},
          Row{"minimum = 2", 5, 2}, Row{"profile = \"dev\"\ncount = 2", 2, 2},
          Row{"count = 4\nminimum = 3", 4, 3}}) {
        CAPTURE(row.toml);
        const auto config =
            read_config({{"t", std::string("[select]\ntrust_domain = \"public\"\n") + row.toml}});
        REQUIRE(config);
        const SelectSettings settings = judge({}, *config).settings;
        CHECK(settings.count == row.count);
        CHECK(settings.minimum == row.minimum);
    }
}
