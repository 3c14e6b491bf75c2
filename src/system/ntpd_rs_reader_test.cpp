#include "system/ntpd_rs_reader.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace clockwright::system;

namespace {

/// Listens at `path` and writes these octets to the first who comes; keeps the connection open
/// until it is gone itself, or closes it at once.
class FakeObserver {
  public:
    FakeObserver(const std::string& path, std::string octets, bool closes)
        : listener_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.c_str(), path.size());
        REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(::listen(listener_, 1) == 0);
        thread_ = std::thread([this, octets = std::move(octets), closes] {
            connection_ = ::accept(listener_, nullptr, nullptr);
            static_cast<void>(::write(connection_, octets.data(), octets.size()) > 0);
            if (closes) ::shutdown(connection_, SHUT_RDWR);
        });
    }
    ~FakeObserver() {
        thread_.join();
        ::close(connection_);
        ::close(listener_);
    }

  private:
    int listener_;
    int connection_ = -1;
    std::thread thread_;
};

std::string framed(const std::string& json) {
    std::string octets(8, '\0');
    octets[6] = static_cast<char>(json.size() >> 8U);
    octets[7] = static_cast<char>(json.size() & 0xffU);
    return octets + json;
}

}  // namespace

TEST_CASE("what the observation socket says becomes a state") {
    const TemporaryDirectory directory;
    const std::string path = directory / "observe";
    const FakeObserver observer(path, framed(R"({"system":{"stratum":3},"sources":[]})"), true);
    const auto state = read_ntpd_rs(path);
    REQUIRE_MESSAGE(state, state.error().message);
    CHECK(state->tracking.stratum == 3);
    CHECK(state->read_from == path);
}

TEST_CASE("an answer that is late, cut, too long or no document is an error") {
    struct Row {
        std::string octets;
        bool closes;
        std::string text;
    };
    for (const Row& row : {Row{framed("{\"system\""), true, "no JSON"},
                           Row{framed("{}").substr(0, 9), true, "early"},
                           Row{std::string(8, '\x7f'), true, "more than 1 MiB"},
                           Row{framed("{}").substr(0, 9), false, "too slowly"}}) {
        CAPTURE(row.text);
        const TemporaryDirectory directory;
        const std::string path = directory / "observe";
        const FakeObserver observer(path, row.octets, row.closes);
        const auto state = read_ntpd_rs(path, Seconds{0.2});
        REQUIRE_FALSE(state);
        CHECK(state.error().message.find(row.text) != std::string::npos);
    }
}

TEST_CASE("where nobody listens ntpd-rs is unreachable") {
    const TemporaryDirectory directory;
    const auto state = read_ntpd_rs(directory / "observe");
    REQUIRE_FALSE(state);
    CHECK(state.error().fault == Fault::unreachable);
    CHECK_FALSE(read_ntpd_rs("/" + std::string(200, 'x')));
}
