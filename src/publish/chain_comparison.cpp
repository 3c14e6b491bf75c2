#include "publish/chain_comparison.h"

#include <fmt/format.h>

#include <algorithm>

#include "publish/history_fields.h"
#include "time/spell.h"

namespace clockwright {
namespace {

constexpr Seconds due_after{61};  // the chain's rest of a minute, and what a timer is late

/// The row of a record of the clock as JSON; empty: it is no such record.
std::string_view clock_row_of(std::string_view text) {
    // Within a text of the row the quotation marks are escaped.
    constexpr std::string_view begin = "\"kind\":\"clock\",\"row\":";
    const std::size_t found = text.find(begin);
    if (found == text.npos || !text.ends_with('}')) return {};
    text.remove_suffix(1);
    return text.substr(found + begin.size());
}

std::optional<WallTime> instant_of(std::string_view row) {
    constexpr std::string_view begin = "{\"timestamp\":\"";
    if (!row.starts_with(begin)) return std::nullopt;
    row.remove_prefix(begin.size());
    return parse_rfc3339(row.substr(0, row.find('"')));
}

void note(std::size_t& count, WallTime at, ChainAnswer& answer) {
    ++count;
    answer.first = std::min(answer.first.value_or(at), at);
}

}  // namespace

ChainComparison::ChainComparison(std::span<const ClockRow> looks, const Period& period)
    : period_(period) {
    for (const ClockRow& look : looks)
        if (look.at >= period.from && look.at < period.to) looks_.push_back(&look);
    in_chain_.resize(looks_.size());
    found_.looks = looks_.size();
}

void ChainComparison::add(std::string_view text) {
    const std::string_view row = clock_row_of(text);
    const auto at = instant_of(row);
    if (!at) return;
    if (!begin_) begin_ = at;
    if (last_ && *at < *last_)
        twice_.push_back({*at - to_nanoseconds(due_after), *last_ + to_nanoseconds(due_after)});
    last_ = at;
    if (*at < period_.from || *at >= period_.to) return;
    const auto same_time =
        std::ranges::equal_range(looks_, *at, {}, [](const ClockRow* look) { return look->at; });
    if (same_time.empty()) return note(found_.gone, *at, found_);
    for (auto look = same_time.begin(); look != same_time.end(); ++look)
        in_chain_[static_cast<std::size_t>(look - looks_.begin())] = true;
    const bool same = std::ranges::any_of(
        same_time, [&](const ClockRow* look) { return json_line(fields_of(*look)) == row; });
    if (same) {
        ++found_.same;
    } else {
        note(found_.changed, *at, found_);
    }
}

ChainAnswer ChainComparison::answer() const {
    ChainAnswer answer = found_;
    const ClockRow* last = nullptr;  // that the chain has
    for (std::size_t i = 0; i < looks_.size(); ++i) {
        const ClockRow& look = *looks_[i];
        if (in_chain_[i]) {
            last = &look;
            continue;
        }
        if (!begin_ || look.at < *begin_) continue;
        const bool passed_twice = std::ranges::any_of(twice_, [&](const Period& period) {
            return look.at >= period.from && look.at < period.to;
        });
        if (passed_twice) continue;
        // What the chain has from before the period is not known here.
        const WallTime since = last != nullptr ? last->at : period_.from;
        const bool due = Seconds(look.at - since) >= due_after ||
                         (last != nullptr && look.demonstrated != last->demonstrated);
        if (due) note(answer.added, look.at, answer);
    }
    return answer;
}

std::string chain_statement(const ChainAnswer& answer) {
    if (!answer.fault.empty())
        return fmt::format("No audit chain bears these numbers out: {}.", answer.fault);
    if (!answer.contradicts())
        return fmt::format(
            "The audit chain is whole and has {} of the {} looks at the clock in the period{}, "
            "each "
            "as the record has it.",
            answer.same, answer.looks,
            answer.since ? " since " + rfc3339(*answer.since) +
                               ", before which the record keeps none any more"
                         : "");
    return fmt::format(
        "The record is not what the audit chain says, from {} on: of {} looks {} were changed and "
        "{} added; {} are gone. Nothing is concluded.",
        rfc3339(*answer.first), answer.looks, answer.changed, answer.added, answer.gone);
}

}  // namespace clockwright
