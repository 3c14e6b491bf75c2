#include "publish/poll_windows.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

Record poll(const char* server, double offset_ms, std::optional<Seconds> delay = {}) {
    SampleRow row;
    row.at = WallTime{1s};
    row.server = server;
    row.offset = Seconds{offset_ms / 1e3};
    row.delay = delay;
    return row;
}

/// Of the first line.
double field_of(const std::string& lines, const std::string& name) {
    const std::size_t at = lines.find("," + name + "=");
    REQUIRE(at != std::string::npos);
    return std::stod(lines.substr(at + name.size() + 2));
}

}  // namespace

TEST_CASE("each tenth answered poll of a server tells its statistics, and a lost one is none") {
    PollWindows windows;
    std::vector<Record> rows;
    for (const double offset : {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0})
        rows.push_back(poll("ntp1", offset));
    SampleRow lost;
    lost.server = "ntp1";
    lost.lost = "no answer";
    rows.emplace_back(lost);
    rows.push_back(poll("ntp2", 1));
    CHECK(windows.add(rows, "db1").empty());
    const std::vector<Record> last{poll("ntp1", 20, Seconds{0.25})};
    const std::string told = windows.add(last, "db1");
    CHECK(told.starts_with("ntp_offset_stats,host=db1,server=ntp1 mean=6.5,median=5.5,std="));
    CHECK(
        told.contains(" 1000000000\nntp_delay_stats,host=db1,server=ntp1 mean=250,median=250,std=0,"
                      "min=250,max=250,percentile_95=250,skewness=0,kurtosis=0,stability=0 "));
    const struct {
        const char* name;
        double is;
    } fields[] = {{"std", 5.123475382979799},
                  {"min", 1},
                  {"max", 20},
                  {"percentile_95", 15.05},
                  {"skewness", 1.6060526914810145},
                  {"kurtosis", 2.0472380952380957},
                  {"stability", 3.1426968052735447}};
    for (const auto& [name, is] : fields) {
        CAPTURE(name);
        CHECK(field_of(told, name) == doctest::Approx(is).epsilon(1e-12));
    }
    CHECK(windows.add(last, "db1").empty());
}

TEST_CASE("a thousand polls of a server are kept, and the oldest goes") {
    PollWindows windows;
    std::string told;
    for (int i = 0; i < 1000; ++i) {
        const std::vector<Record> one{poll("ntp1", i)};
        told = windows.add(one, "h");
    }
    CHECK(field_of(told, "min") == doctest::Approx(0));
    CHECK(field_of(told, "max") == doctest::Approx(999));
    for (int i = 1000; i < 1010; ++i) {
        const std::vector<Record> one{poll("ntp1", i)};
        told = windows.add(one, "h");
    }
    CHECK(field_of(told, "min") == doctest::Approx(10));
    CHECK(field_of(told, "max") == doctest::Approx(1009));
}

TEST_CASE("members of a pool have windows of their own") {
    PollWindows windows;
    std::vector<Record> rows;
    for (int n = 0; n < 9; ++n)
        for (const char* address : {"192.0.2.1", "192.0.2.2"}) {
            rows.push_back(poll("pool.example", 1));
            std::get<SampleRow>(rows.back()).address = address;
        }
    CHECK(windows.add(rows, "db1").empty());
    rows.erase(rows.begin() + 1, rows.end());
    CHECK(windows.add(rows, "db1")
              .starts_with(
                  "ntp_offset_stats,host=db1,server=pool.example,address=192.0.2.1 mean=1,"));
}
