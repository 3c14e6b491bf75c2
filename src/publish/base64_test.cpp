#include "publish/base64.h"

#include <doctest/doctest.h>

using namespace clockwright;

TEST_CASE("the vectors of RFC 4648 come out as they stand there") {
    struct Row {
        const char *plain, *encoded;
    };
    for (const Row& row :
         {Row{"", ""}, Row{"f", "Zg=="}, Row{"fo", "Zm8="}, Row{"foo", "Zm9v"},
          Row{"foob", "Zm9vYg=="}, Row{"fooba", "Zm9vYmE="}, Row{"foobar", "Zm9vYmFy"}}) {
        CAPTURE(row.plain);
        CHECK(base64(row.plain) == row.encoded);
    }
    CHECK(base64("\xff\xfe\xfd") == "//79");
}
