#include "publish/chain_comparison.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "publish/history_fields.h"
#include "tests/fakes/record_rows.h"

namespace clockwright {
namespace {

using namespace std::chrono_literals;

const Period hour{record_noon, record_noon + 1h};

/// One each `spacing`, from two of them before the hour on.
std::vector<ClockRow> looks(std::chrono::seconds spacing) {
    std::vector<ClockRow> all;
    for (auto at = -2 * spacing; at < 1h; at += spacing) all.push_back(clock_row(record_noon + at));
    return all;
}

std::string text_of(const ClockRow& look) {
    return fmt::format(R"({{"n":7,"boot":"b","steady_ns":1,"kind":"clock","row":{}}})",
                       json_line(fields_of(look)));
}

ChainAnswer compared(const std::vector<ClockRow>& record, const std::vector<ClockRow>& chain) {
    ChainComparison comparison(record, hour);
    comparison.add(R"({"n":1,"boot":"b","steady_ns":1,"kind":"event","row":{"timestamp":"x"}})");
    for (const ClockRow& look : chain) comparison.add(text_of(look));
    return comparison.answer();
}

TEST_CASE("a record that the chain has word for word is borne out") {
    const auto all = looks(64s);
    const ChainAnswer answer = compared(all, all);
    CHECK(answer.looks == 57);
    CHECK(answer.same == 57);
    CHECK_FALSE(answer.contradicts());
    CHECK(chain_statement(answer) ==
          "The audit chain is whole and has 57 of the 57 looks at the clock in the period, each as "
          "the record has it.");
}

TEST_CASE("what a fast agent leaves out of the chain contradicts nothing") {
    const auto all = looks(4s);
    std::vector<ClockRow> chain;
    for (std::size_t i = 2; i < all.size(); i += 15) chain.push_back(all[i]);
    const ChainAnswer answer = compared(all, chain);
    CHECK(answer.same == 60);
    CHECK(answer.looks == 900);
    CHECK_FALSE(answer.contradicts());
}

TEST_CASE("a number that was changed, a look that was added, one that is gone: each is found") {
    const auto chain = looks(64s);
    auto changed = chain;
    changed[20].bound = Seconds{0.5e-3};
    CHECK(compared(changed, chain).changed == 1);
    CHECK(compared(changed, chain).first == chain[20].at);
    auto gone = chain;
    gone.erase(gone.begin() + 30);
    CHECK(compared(gone, chain).gone == 1);
    CHECK(compared(chain, gone).added == 1);
    CHECK(compared(chain, gone).contradicts());
    CHECK(
        chain_statement(compared(changed, chain)) ==
        "The record is not what the audit chain says, from 2027-01-15T12:19:12Z on: of 57 looks 1 "
        "were changed and 0 added; 0 are gone. Nothing is concluded.");
}

TEST_CASE("looks that are older than the chain are not borne out, and contradict nothing") {
    const auto record = looks(64s);
    const std::vector<ClockRow> chain(record.begin() + 30, record.end());
    const ChainAnswer answer = compared(record, chain);
    CHECK(answer.same == 29);
    CHECK(answer.looks == 57);
    CHECK_FALSE(answer.contradicts());
    CHECK_FALSE(compared(record, {}).contradicts());
}

TEST_CASE("a look between two of the chain's that demonstrates otherwise would be in it") {
    auto record = looks(4s);
    std::vector<ClockRow> chain;
    for (std::size_t i = 2; i < record.size(); i += 15) chain.push_back(record[i]);
    record[21].demonstrated = false;
    const ChainAnswer answer = compared(record, chain);
    CHECK(answer.added == 1);
    CHECK(answer.first == record[21].at);
}

TEST_CASE("a clock that was set back passes an hour twice, and that is no forgery") {
    // Ten minutes, set back by five, and not demonstrated for two: looks every 16 s, one a minute
    // in the chain, and each change.
    std::vector<ClockRow> record, chain;
    const auto look = [&](std::chrono::seconds at, bool demonstrated, bool chained) {
        ClockRow row = clock_row(record_noon + at);
        row.demonstrated = demonstrated;
        record.push_back(row);
        if (chained) chain.push_back(row);
    };
    for (int i = 0; i < 38; ++i) look(i * 16s, true, i % 4 == 0);
    for (int i = 0; i < 60; ++i) look(5min + 7s + i * 16s, i >= 8, i % 4 == 0);
    std::ranges::sort(record, {}, &ClockRow::at);
    CHECK_FALSE(compared(record, chain).contradicts());
    record.insert(record.end() - 10, clock_row(record.back().at - 150s));
    record[record.size() - 11].demonstrated = false;  // later it shows again
    CHECK(compared(record, chain).added == 1);
}

TEST_CASE("what is compared from a later time on says since when") {
    ChainAnswer cut = compared(looks(64s), looks(64s));
    cut.since = record_noon;
    CHECK(chain_statement(cut) ==
          "The audit chain is whole and has 57 of the 57 looks at the clock in the period since "
          "2027-01-15T12:00:00Z, before which the record keeps none any more, each as the record "
          "has it.");
}

TEST_CASE("without a chain nothing is borne out, and the reason is told") {
    ChainAnswer none;
    none.fault = "there is no audit chain: the agent writes it";
    CHECK(chain_statement(none) ==
          "No audit chain bears these numbers out: there is no audit chain: the agent writes it.");
}

}  // namespace
}  // namespace clockwright
