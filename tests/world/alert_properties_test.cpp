// What must hold of the book of alerts whatever the facts, the pauses, the silences and the
// restarts.

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>

#include "watch/alert_book.h"
#include "watch/alert_book_json.h"

namespace clockwright {
namespace {

using namespace std::chrono_literals;

/// What happens in one step: which servers are wrong, how wide the bound is, how long it took.
struct Moment {
    int wrong = 0;  ///< a bit a server
    int known = 0;  ///< of these something is known
    int bound = 0;  ///< hundredths of a second; 0: unknown
    int pause = 0;  ///< seconds
    bool restart = false, quiet = false, silence = false;
};

Moment moment_of(const std::tuple<int, int, int, int, int>& drawn) {
    const auto [wrong, known, bound, pause, special] = drawn;
    return {wrong, known, bound, pause, special == 0, special == 1, special < 4};
}

std::vector<Moment> any_moments() {
    const auto any = rc::gen::map(
        rc::gen::tuple(rc::gen::inRange(0, 8), rc::gen::inRange(0, 8), rc::gen::inRange(0, 30),
                       rc::gen::inRange(1, 400), rc::gen::inRange(0, 20)),
        moment_of);
    return *rc::gen::container<std::vector<Moment>>(any);
}

std::vector<Fact> facts_of(const Moment& moment) {
    constexpr std::array names{"s0", "s1", "s2"};
    std::vector<Fact> facts;
    for (std::size_t server = 0; server < names.size(); ++server) {
        if ((moment.known >> server & 1) == 0) continue;
        facts.push_back({"wrong", names[server], static_cast<double>(moment.wrong >> server & 1),
                         "three say so"});
    }
    if (moment.bound > 0) facts.push_back({"bound_seconds", "", moment.bound * 0.01, ""});
    return facts;
}

std::vector<Rule> rules() {
    Rule wrong{.name = "wrong",
               .family = "wrong",
               .conditions = {{.fact = "wrong", .relation = Relation::equal, .limit = 1}},
               .samples = 1};
    Rule wide{.name = "wide",
              .family = "wide",
              .conditions = {{.fact = "bound_seconds", .limit = 0.1, .clear = 0.05}},
              .hold = Seconds{120},
              .samples = 2};
    Rule wider = wide;
    wider.name = "wide_critical";
    wider.conditions[0] = {.fact = "bound_seconds", .limit = 0.2};
    wider.severity = AlertSeverity::critical;
    return {wrong, wide, wider};
}

using Key = std::pair<std::string, std::string>;

/// Lives through the moments and gives every step to `look`.
template <class Look>
void live(const std::vector<Moment>& moments, Look look) {
    const AlertSettings settings{.repeat = Seconds{3600}};
    const std::vector<Rule> all = rules();
    AlertBook book(settings);
    Now now{WallTime{1'800'000'000s}, SteadyTime{1'000'000s}};
    std::vector<Silence> silences;
    for (const Moment& moment : moments) {
        now.wall += std::chrono::seconds(moment.pause);
        now.steady += std::chrono::seconds(moment.pause);
        if (moment.quiet) book.be_quiet_until(now.steady + 512s);
        if (moment.silence)
            add_silence(
                silences,
                {.rule = "wr*", .from = now.wall, .until = now.wall + 600s, .reason = {}, .by = {}},
                now.wall);
        if (moment.restart) {
            const auto saved = read_alert_book(alert_book_json(book, now, true), now);
            RC_ASSERT(saved.has_value());
            book = AlertBook(settings);
            book.restore(saved->entries);
        }
        const auto facts = facts_of(moment);
        look(book.step(now, all, facts, silences), book, now);
    }
}

TEST_CASE("alerts whatever happens") {
    CHECK(rc::check("every firing is followed by a resolved, or is open", [] {
        std::map<Key, AlertState> last;
        live(any_moments(), [&last](const AlertNews& news, const AlertBook& book, Now) {
            for (const Alert& alert : news.changes) {
                const auto before = last.find({alert.rule, alert.subject});
                const bool open = before != last.end() && before->second != AlertState::resolved;
                // pending begins, firing follows pending, resolved follows either.
                if (alert.state == AlertState::pending) RC_ASSERT(!open);
                if (alert.state == AlertState::firing)
                    RC_ASSERT(open && before->second == AlertState::pending);
                if (alert.state == AlertState::resolved) RC_ASSERT(open);
                last[{alert.rule, alert.subject}] = alert.state;
            }
            for (const auto& [key, state] : last) {
                const auto entry = book.entries().find(key);
                if (state == AlertState::resolved) {
                    RC_ASSERT(entry == book.entries().end() ||
                              entry->second.alert.state == AlertState::resolved);
                } else {
                    RC_ASSERT(entry != book.entries().end());
                    RC_ASSERT(entry->second.alert.state == state);
                }
            }
        });
    }));
    CHECK(rc::check("an alert is told to begin and to end in turn, repeats apart", [] {
        std::map<Key, bool> told;
        live(any_moments(), [&](const AlertNews& news, const AlertBook&, Now) {
            for (const AlertNotice& notice : news.notices) {
                bool& open = told[{notice.alert.rule, notice.alert.subject}];
                if (notice.kind == NoticeKind::began) RC_ASSERT(!open);
                if (notice.kind == NoticeKind::repeated || notice.kind == NoticeKind::ended)
                    RC_ASSERT(open);
                open = notice.kind != NoticeKind::ended;
            }
        });
    }));
    CHECK(rc::check("what is hidden has a more severe one of its family that is open", [] {
        live(any_moments(), [](const AlertNews&, const AlertBook& book, Now) {
            const auto open = book.open();
            for (const auto& [key, entry] : book.entries()) {
                if (!entry.hidden || entry.alert.state == AlertState::resolved) continue;
                RC_ASSERT(std::ranges::any_of(open, [&entry](const Alert& alert) {
                    return alert.severity > entry.alert.severity &&
                           alert.subject == entry.alert.subject;
                }));
            }
        });
    }));
    CHECK(rc::check("an alert turns no more often than flapping allows", [] {
        std::map<Key, std::vector<SteadyTime>> turns;
        // A server that is gone ends its alert whatever came before.
        auto moments = any_moments();
        for (Moment& moment : moments) moment.known = 7;
        live(moments, [&turns](const AlertNews& news, const AlertBook&, Now now) {
            for (const Alert& alert : news.changes) {
                if (alert.state != AlertState::firing) continue;
                auto& times = turns[{alert.rule, alert.subject}];
                times.push_back(now.steady);
                RC_ASSERT(std::ranges::count_if(
                              times, [now](SteadyTime at) { return now.steady - at < 1h; }) <= 4);
            }
        });
    }));
}

}  // namespace
}  // namespace clockwright
