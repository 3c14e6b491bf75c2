#include "app/leap_source.h"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include "system/digest.h"
#include "system/local_host.h"
#include "tests/fakes/tree_host.h"

namespace clockwright::app {
namespace {

/// One leap second before 2030-01-01; good until 2030-06-28.
std::string list_text(bool damaged) {
    std::string hashed =
        "39000000004118428800"
        "227206080010"
        "410244480011";
    std::string digest = system::sha1_hex(hashed);
    if (damaged) digest[0] = digest[0] == 'a' ? 'b' : 'a';
    return fmt::format(
        "#$ 3900000000\n#@ 4118428800\n2272060800 10\n4102444800 11\n#h {} {} {} {} {}\n",
        digest.substr(0, 8), digest.substr(8, 8), digest.substr(16, 8), digest.substr(24, 8),
        digest.substr(32, 8));
}

constexpr const char* list_file = "/usr/share/zoneinfo/leap-seconds.list";

TEST_CASE("without files the table is the one we know") {
    CHECK(leap_table(TreeHost{}) == known_leap_table());
}

TEST_CASE("a list that is good for longer is believed when its hash fits") {
    TreeHost host;
    host.files[list_file] = list_text(false);
    CHECK(leap_table(host).steps.size() == 2);
    host.files[list_file] = list_text(true);
    CHECK(leap_table(host) == known_leap_table());
    host.files[list_file] = "rubbish";
    CHECK(leap_table(host) == known_leap_table());
}

TEST_CASE("a file older than what we know is passed over") {
    TreeHost host;
    host.files["/usr/share/zoneinfo/leapseconds"] =
        "Leap 1972 Jun 30 23:59:60 + S\n#expires 1500000000\n";
    CHECK(leap_table(host) == known_leap_table());
    host.files["/usr/share/zoneinfo/leapseconds"] =
        "Leap 1972 Jun 30 23:59:60 + S\n#expires 1900000000\n";
    CHECK(leap_table(host).steps.size() == 2);
}

TEST_CASE("the files of this machine are read") {
    const system::LocalHost host;
    const auto file = host.read(list_file);
    if (!file || !file->exists) return;  // no tzdata here
    const auto list = parse_leap_list(file->content);
    REQUIRE(list);
    CHECK(list->sha1 == system::sha1_hex(list->hashed));
    CHECK(list->table.tai_minus_utc(
              WallTime(std::chrono::sys_days{std::chrono::year{2018} / 1 / 1})) == 37);
}

}  // namespace
}  // namespace clockwright::app
