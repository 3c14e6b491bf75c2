#include "watch/alert_book_json.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

const Now now{WallTime{1'800'000'000s}, SteadyTime{5000s}};

AlertEntry any_entry() {
    AlertEntry entry;
    entry.alert = {.rule = "server_wrong",
                   .subject = "ntp1.corp.example",
                   .severity = AlertSeverity::critical,
                   .state = AlertState::firing,
                   .text = "server \"ntp1\" is wrong by +840 ms µ",
                   .hazard = "H-1",
                   .since = now.wall - 100s,
                   .changed = now.wall - 50s,
                   .silenced = true,
                   .advice = "tell its operator"};
    entry.family = "wrong";
    entry.began = now.steady - 100s;
    entry.good = true;
    entry.flapping = true;
    entry.hidden = true;
    entry.told = true;
    entry.told_flapping = true;
    entry.told_at = now.steady - 40s;
    entry.turns = {now.steady - 99s, now.steady - 50s};
    return entry;
}

AlertBook any_book() {
    AlertBook book;
    book.restore({{{"server_wrong", "ntp1.corp.example"}, any_entry()}});
    return book;
}

}  // namespace

TEST_CASE("a saved book is read back as it was") {
    const AlertBook book = any_book();
    const auto saved = read_alert_book(alert_book_json(book, now, true), now);
    REQUIRE(saved.has_value());
    CHECK(saved->at == now.wall);
    CHECK(saved->running);
    CHECK(saved->entries == book.entries());
    CHECK_FALSE(read_alert_book(alert_book_json(book, now, false), now)->running);
}

TEST_CASE("ages go on while nothing ran, forwards only") {
    const std::string text = alert_book_json(any_book(), now, true);
    const auto after = [&](std::chrono::seconds wall) {
        const Now later{now.wall + wall, SteadyTime{10s}};
        return Seconds{later.steady -
                       read_alert_book(text, later)->entries.begin()->second.told_at};
    };
    CHECK(after(60s).count() == doctest::Approx(100));
    CHECK(after(-1h).count() == doctest::Approx(40));
    CHECK(after(24h * 365).count() == doctest::Approx(40 + 7 * 24 * 3600.0));
}

TEST_CASE("a damaged or newer book is refused with its reason") {
    const std::string good = alert_book_json(any_book(), now, true);
    struct Row {
        const char *from, *to, *reason;
    };
    for (const Row& row : {Row{"\"format\": 1", "\"format\": 2", "newer version (2)"},
                           Row{"\"format\": 1", "\"format\": \"1\"", "format"},
                           Row{"\"critical\"", "\"loud\"", "alerts[0].severity"},
                           Row{"\"firing\"", "\"on fire\"", "alerts[0].state"},
                           Row{"\"rule\": \"server_wrong\"", "\"rule\": 7", "alerts[0].rule"},
                           Row{"\"rule\"", "\"role\"", "alerts[0].rule: is missing"},
                           Row{"\"told_age_seconds\": 40", "\"told_age_seconds\": -4", "is no age"},
                           Row{"\"held\": 0", "\"held\": -1", "alerts[0].held"}}) {
        CAPTURE(row.to);
        std::string bad = good;
        const auto at = bad.find(row.from);
        REQUIRE(at != std::string::npos);
        bad.replace(at, std::string_view(row.from).size(), row.to);
        const auto read = read_alert_book(bad, now);
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error().fault == Fault::bad_input);
        CHECK(read.error().message.find(row.reason) != std::string::npos);
    }
}

TEST_CASE("a book that is cut off anywhere is refused") {
    const std::string good = alert_book_json(any_book(), now, true);
    for (std::size_t length = 0; length + 2 < good.size(); ++length) {
        CAPTURE(length);
        CHECK_FALSE(read_alert_book(good.substr(0, length), now).has_value());
    }
}

TEST_CASE("a book of ten thousand alerts is whole") {
    AlertBook::Entries entries;
    for (int i = 0; i < 10'000; ++i) {
        AlertEntry entry = any_entry();
        entry.alert.subject = "s" + std::to_string(i);
        entries[{entry.alert.rule, entry.alert.subject}] = entry;
    }
    AlertBook book;
    book.restore(entries);
    CHECK(read_alert_book(alert_book_json(book, now, true), now)->entries.size() == 10'000);
}
