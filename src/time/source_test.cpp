#include "time/source.h"

#include <doctest/doctest.h>

#include <array>

namespace clockwright {
namespace {

TEST_CASE("every smear class reads back from its word") {
    for (const Smear smear :
         {Smear::none, Smear::unknown, Smear::google, Smear::aws, Smear::facebook, Smear::other}) {
        CAPTURE(to_string(smear));
        CHECK(parse_smear(to_string(smear)) == smear);
    }
}

TEST_CASE("a smear class nobody stated is unknown, one we do not know is another") {
    CHECK(parse_smear("") == Smear::unknown);
    CHECK(parse_smear("noon-to-noon") == Smear::other);
}

TEST_CASE("an origin names its file and line, or its kind") {
    using Kind = Origin::Kind;
    CHECK(to_string(Origin{Kind::daemon, "/etc/chrony/chrony.conf", 3}) ==
          "/etc/chrony/chrony.conf:3");
    CHECK(to_string(Origin{Kind::lease, "/run/lease", 0}) == "/run/lease");
    CHECK(to_string(Origin{Kind::command_line, "", 0}) == "command line");
    CHECK(to_string(Origin{Kind::catalogue, "", 0}) == "catalogue");
}

TEST_CASE("the words of the outside contract") {
    CHECK(to_string(Authentication::none) == "none");
    CHECK(to_string(Authentication::nts) == "nts");
    CHECK(to_string(TrustDomain::public_internet) == "public");
    CHECK(to_string(TrustDomain::internal) == "internal");
    CHECK(to_string(TrustDomain::platform) == "platform");
}

}  // namespace
}  // namespace clockwright
