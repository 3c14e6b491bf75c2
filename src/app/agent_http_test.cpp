#include "app/agent_http.h"

#include <doctest/doctest.h>

#include <boost/asio/ip/tcp.hpp>
#include <cstdlib>

#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace clockwright::app;

namespace {

std::uint16_t free_port(boost::asio::io_context& loop) {
    using boost::asio::ip::tcp;
    return tcp::acceptor(loop, {boost::asio::ip::address_v4::loopback(), 0})
        .local_endpoint()
        .port();
}

}  // namespace

TEST_CASE("a configuration read anew brings the token of now, and keeps the old one in a fault") {
    const TemporaryDirectory handed_over;
    REQUIRE(::setenv("CREDENTIALS_DIRECTORY", handed_over.path().c_str(), 1) == 0);
    handed_over.write("http-token", "the-first-token-of-all\n");
    boost::asio::io_context loop;
    Config config;
    config.agent.listen = "127.0.0.1:" + std::to_string(free_port(loop));
    const auto http = AgentHttp::open(loop, config);
    REQUIRE(http.has_value());
    CHECK((*http)->access().token == "the-first-token-of-all");
    handed_over.write("http-token", "another-token-after-it\n");
    (*http)->use(config);
    CHECK((*http)->access().token == "another-token-after-it");
    handed_over.write("http-token", "short\n");
    (*http)->use(config);
    CHECK((*http)->access().token == "another-token-after-it");
    ::unsetenv("CREDENTIALS_DIRECTORY");
}
