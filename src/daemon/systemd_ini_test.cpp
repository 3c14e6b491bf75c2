#include "daemon/systemd_ini.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace clockwright;

namespace {

/// "[Time]NTP=a b:1-2 …": each setting with its section and lines.
std::string shown(const IniFile& file) {
    std::string text;
    for (const auto& one : file.settings)
        text += fmt::format("{}[{}]{}={}:{}-{}", text.empty() ? "" : " ", one.section, one.key,
                            one.value, one.first_line, one.last_line);
    return text;
}

}  // namespace

TEST_CASE("settings are read as systemd reads them") {
    using namespace std::string_literals;
    const struct {
        std::string text, settings;
        std::size_t faults = 0;
    } rows[] = {
        {"", ""},
        {"[Time]\nNTP=a\n", "[Time]NTP=a:2-2"},
        {"[Time]\nNTP=a", "[Time]NTP=a:2-2"},
        {"\xef\xbb\xbf[Time]\r\nNTP = a \r\n", "[Time]NTP=a:2-2"},
        {"  [Time]  \n  NTP=a=b\n", "[Time]NTP=a=b:2-2"},
        {"[Time]\n# NTP=x\n;NTP=y\n  #NTP=z\nNTP=a#b\n", "[Time]NTP=a#b:5-5"},
        {"[Time]\nNTP=a \\\nb\n", "[Time]NTP=a  b:2-3"},
        {"[Time]\nNTP=a\\\nb\n", "[Time]NTP=a b:2-3"},
        {"[Time]\nNTP=a\\\\\nNTP=b\n", "[Time]NTP=a\\\\:2-2 [Time]NTP=b:3-3"},
        {"[Time]\nNTP=a\\\n#x\\\n;y\nb\n", "[Time]NTP=a b:2-5"},
        {"[Time]\nNTP=a\\\n\nb=c\n", "[Time]NTP=a:2-3 [Time]b=c:4-4"},
        {"[Time]\nNTP=a\\", "[Time]NTP=a:2-2"},
        {"[Time]\nNTP=\n[X]\nNTP=b\n", "[Time]NTP=:2-2 [X]NTP=b:4-4"},
        {"[Time]\nNTP=a\0x=b\n"s, "[Time]NTP=a:2-2 [Time]x=b:3-3"},
        {"NTP=a\n[Time]\nNTP\n=\n", "", 3},
        {"[Time\nNTP=a\n", "", 1},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto file = parse_systemd_ini(row.text);
        CHECK(shown(file) == row.settings);
        CHECK(file.faults.size() == row.faults);
    }
}

TEST_CASE("nothing is read behind a header that is none") {
    CHECK(parse_systemd_ini("[Time\n[Time]\nNTP=a\n").broken_off);
    CHECK_FALSE(parse_systemd_ini("[Time]\n").broken_off);
}

TEST_CASE("words are apart by white space of any length") {
    CHECK(words_of(" a\tb  c ") == std::vector<std::string_view>{"a", "b", "c"});
    CHECK(words_of("").empty());
    CHECK(words_of(" \t ").empty());
}
