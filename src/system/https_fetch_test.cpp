#include "system/https_fetch.h"

#include <doctest/doctest.h>

#include <map>

using namespace clockwright;
using namespace clockwright::system;

TEST_CASE(
    "a redirection elsewhere goes by the proxy of the environment, a literal address by none") {
    using Environment = std::map<std::string, std::string>;
    const struct {
        const char* to;
        Environment environment;
        std::string proxy;
    } rows[] = {
        {"https://b.example/list", {}, ""},
        {"https://b.example/list",
         {{"https_proxy", "http://10.0.0.1:3128"}},
         "http://10.0.0.1:3128"},
        {"https://b.example/list", {{"HTTPS_PROXY", "one"}, {"all_proxy", "two"}}, "one"},
        {"https://b.example/list", {{"https_proxy", ""}, {"ALL_PROXY", "two"}}, "two"},
        {"https://b.example/list", {{"http_proxy", "one"}}, ""},
        {"https://b.example/list", {{"https_proxy", "one"}, {"no_proxy", "b.example"}}, "one"},
        {"https://b.example/list", {{"https_proxy", "one"}, {"NO_PROXY", "*"}}, ""},
        {"https://192.0.2.1/list", {{"https_proxy", "one"}}, ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.proxy);
        const auto variable = [&](const char* name) {
            const auto found = row.environment.find(name);
            return found == row.environment.end() ? nullptr : found->second.c_str();
        };
        CHECK(proxy_for_redirection(*parse_list_url(row.to), variable) == row.proxy);
    }
}
