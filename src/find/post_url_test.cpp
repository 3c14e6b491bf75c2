#include "find/post_url.h"

#include <doctest/doctest.h>

namespace clockwright {

TEST_CASE("http is for this machine only, unless it is said") {
    struct Row {
        const char* url;
        bool good, good_when_said;
    };
    for (const Row& row :
         {Row{"http://127.0.0.1:9093", true, true}, Row{"http://[::1]:9093/x", true, true},
          Row{"http://localhost:9093", true, true}, Row{"https://am.corp.example/a?b", true, true},
          Row{"http://am.corp.example:9093", false, true}, Row{"http://10.0.0.1", false, true},
          Row{"ftp://127.0.0.1", false, false}, Row{"http://", false, false},
          Row{"http://user@127.0.0.1/", false, false}, Row{"127.0.0.1:9093", false, false},
          Row{"http://127.0.0.1/a b", false, false}, Row{"", false, false}}) {
        CAPTURE(row.url);
        CHECK(check_post_url(row.url, false).has_value() == row.good);
        CHECK(check_post_url(row.url, true).has_value() == row.good_when_said);
    }
}

TEST_CASE("a fault of a URL never tells the password in it") {
    for (const char* url : {"https://user:s3cret@db.example/x", "http://user:s3cret@127.0.0.1:8086",
                            "ftp://user:s3cret@db.example", "user:s3cret@db.example",
                            "https://u:p@s3cret@db.example", "https://u:s3cret/x@db.example"}) {
        CAPTURE(url);
        for (const bool plain_http : {false, true}) {
            const auto good = check_post_url(url, plain_http);
            if (good) continue;
            CHECK_FALSE(good.error().message.contains("s3cret"));
        }
    }
    CHECK(check_post_url("https://user:s3cret@db.example/x", false).error().message ==
          "\"https://…@db.example/x\" names a user: that belongs into user and password_file, or "
          "token_file");
}

}  // namespace clockwright
