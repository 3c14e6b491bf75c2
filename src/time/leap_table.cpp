#include "time/leap_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <span>

namespace clockwright {
namespace {

constexpr std::int64_t ntp_epoch = 2'208'988'800;  // seconds from 1900 to 1970
constexpr std::size_t most_steps = 1000;
constexpr int first_tai_minus_utc = 10;  // 1972-01-01
// What nanoseconds hold, and nobody's leap second lies beyond.
constexpr std::int64_t earliest = -2'208'988'800, latest = 7'258'118'400;  // 1900, 2200

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    constexpr std::string_view blanks = " \t\r";
    for (std::size_t at = line.find_first_not_of(blanks); at != std::string_view::npos;
         at = line.find_first_not_of(blanks)) {
        line.remove_prefix(at);
        const std::size_t end = std::min(line.find_first_of(blanks), line.size());
        words.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
    return words;
}

std::optional<std::int64_t> whole(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<WallTime> unix_instant(std::optional<std::int64_t> seconds) {
    if (!seconds || *seconds < earliest || *seconds > latest) return std::nullopt;
    return WallTime(std::chrono::seconds(*seconds));
}

std::optional<WallTime> ntp_instant(std::string_view text) {
    const auto seconds = whole(text);
    if (!seconds || *seconds < 0 || *seconds > latest + ntp_epoch) return std::nullopt;
    return unix_instant(*seconds - ntp_epoch);
}

std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

/// A step must be the next one: later, and by one second.
Result<void> add_step(LeapTable& table, std::optional<WallTime> at,
                      std::optional<std::int64_t> offset) {
    if (!at || !offset || *offset < -1000 || *offset > 1000) {
        return fail(Fault::bad_input, "a line is no leap second");
    }
    if (table.steps.size() == most_steps) return fail(Fault::bad_input, "too many leap seconds");
    if (!table.steps.empty()) {
        const LeapStep& last = table.steps.back();
        if (*at <= last.at || std::abs(*offset - last.tai_minus_utc) != 1) {
            return fail(Fault::bad_input, "the leap seconds are not in order");
        }
    }
    table.steps.push_back({*at, static_cast<int>(*offset)});
    return {};
}

Result<LeapTable> finished(LeapTable table, bool has_expiry) {
    if (table.steps.empty()) return fail(Fault::bad_input, "the table has no leap second");
    if (!has_expiry) return fail(Fault::bad_input, "the table does not say when it expires");
    return table;
}

/// Five words of up to eight digits; short ones lost their zeros.
std::string digest_of(const std::vector<std::string_view>& words) {
    std::string text;
    if (words.size() != 6) return text;
    for (const std::string_view word : std::span(words).subspan(1)) {
        const bool good =
            word.size() <= 8 && std::ranges::all_of(word, [](char c) {
                return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            });
        if (!good) return {};
        text += std::string(8 - word.size(), '0');
        for (const char c : word) text += c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
    }
    return text;
}

std::optional<unsigned> month_of(std::string_view name) {
    constexpr std::array<std::string_view, 12> names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<unsigned>(found - names.begin()) + 1;
}

/// "Leap 2016 Dec 31 23:59:60 + S": the midnight after that day.
std::optional<WallTime> tz_instant(const std::vector<std::string_view>& words) {
    using namespace std::chrono;
    const auto year_number = whole(words[1]), day_number = whole(words[3]);
    const auto month_number = month_of(words[2]);
    if (!year_number || *year_number < 1900 || *year_number > 2200 || !month_number ||
        !day_number || *day_number < 1 || *day_number > 31) {
        return std::nullopt;
    }
    const year_month_day date{year(static_cast<int>(*year_number)), month(*month_number),
                              day(static_cast<unsigned>(*day_number))};
    if (!date.ok()) return std::nullopt;
    return WallTime(sys_days(date) + days(1));
}

}  // namespace

std::optional<int> LeapTable::tai_minus_utc(WallTime now) const {
    const auto after = std::ranges::upper_bound(steps, now, {}, &LeapStep::at);
    if (after == steps.begin()) return std::nullopt;
    return std::prev(after)->tai_minus_utc;
}

std::optional<LeapStep> LeapTable::next(WallTime now) const {
    const auto after = std::ranges::upper_bound(steps, now, {}, &LeapStep::at);
    return after == steps.end() ? std::nullopt : std::optional(*after);
}

std::optional<WallTime> LeapTable::leap_within(WallTime now,
                                               std::chrono::nanoseconds distance) const {
    for (std::size_t i = 1; i < steps.size(); ++i) {  // the first is where the count begins
        if (std::chrono::abs(Seconds(steps[i].at - now)) <= distance) return steps[i].at;
    }
    return std::nullopt;
}

std::optional<WallTime> LeapTable::untold_within(WallTime now,
                                                 std::chrono::nanoseconds distance) const {
    using namespace std::chrono;
    const year this_year = year_month_day(floor<days>(now)).year();
    for (const WallTime end :
         {WallTime(sys_days(this_year / January / 1)), WallTime(sys_days(this_year / July / 1)),
          WallTime(sys_days((this_year + years(1)) / January / 1))})
        if (is_expired(end) && abs(end - now) <= distance) return end;
    return std::nullopt;
}

Result<LeapList> parse_leap_list(std::string_view text) {
    LeapList list;
    bool has_expiry = false;
    std::string update, expiry, steps;
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        const auto words = words_of(line);
        if (words.empty()) continue;
        if (words[0] == "#$" && words.size() == 2) update = words[1];
        if (words[0] == "#@" && words.size() == 2) {
            const auto at = ntp_instant(words[1]);
            if (!at) return fail(Fault::bad_input, "the expiry is no instant");
            list.table.expires = *at;
            expiry = words[1];
            has_expiry = true;
        }
        if (words[0] == "#h") list.sha1 = digest_of(words);
        if (words[0].starts_with('#')) continue;
        if (words.size() < 2) return fail(Fault::bad_input, "a line is no leap second");
        TRY(add_step(list.table, ntp_instant(words[0]), whole(words[1])));
        steps += words[0];
        steps += words[1];
    }
    list.table = TRY(finished(std::move(list.table), has_expiry));
    list.hashed = update + expiry + steps;
    return list;
}

Result<LeapTable> parse_tz_leapseconds(std::string_view text) {
    LeapTable table{.steps = {{WallTime(std::chrono::seconds(63'072'000)), first_tai_minus_utc}},
                    .expires = {}};
    bool has_expiry = false;
    while (!text.empty()) {
        const auto words = words_of(take_line(text));
        if (words.size() >= 2 && words[0] == "#expires") {
            const auto at = unix_instant(whole(words[1]));
            if (!at) return fail(Fault::bad_input, "the expiry is no instant");
            table.expires = *at;
            has_expiry = true;
        }
        if (words.empty() || words[0] != "Leap") continue;
        if (words.size() < 7 || (words[5] != "+" && words[5] != "-")) {
            return fail(Fault::bad_input, "a line is no leap second");
        }
        const int sign = words[5] == "+" ? 1 : -1;
        TRY(add_step(table, tz_instant(words), table.steps.back().tai_minus_utc + sign));
    }
    return finished(std::move(table), has_expiry);
}

LeapTable known_leap_table() {
    using namespace std::chrono;
    struct Day {
        int year;
        unsigned month;  // its first day is the one after the leap second
    };
    constexpr std::array days_after = {
        Day{1972, 1}, Day{1972, 7}, Day{1973, 1}, Day{1974, 1}, Day{1975, 1}, Day{1976, 1},
        Day{1977, 1}, Day{1978, 1}, Day{1979, 1}, Day{1980, 1}, Day{1981, 7}, Day{1982, 7},
        Day{1983, 7}, Day{1985, 7}, Day{1988, 1}, Day{1990, 1}, Day{1991, 1}, Day{1992, 7},
        Day{1993, 7}, Day{1994, 7}, Day{1996, 1}, Day{1997, 7}, Day{1999, 1}, Day{2006, 1},
        Day{2009, 1}, Day{2012, 7}, Day{2015, 7}, Day{2017, 1}};
    LeapTable table{.steps = {}, .expires = WallTime(sys_days(year{2026} / 12 / 28))};
    int offset = first_tai_minus_utc;
    for (const Day& it : days_after) {
        table.steps.push_back({WallTime(sys_days(year{it.year} / month{it.month} / 1)), offset++});
    }
    return table;
}

}  // namespace clockwright
