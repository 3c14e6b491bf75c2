#include "app/scan_memory.h"

#include <algorithm>
#include <utility>

#include "app/agent_record.h"
#include "system/clock.h"

namespace clockwright::app {
namespace {

constexpr Seconds spent_kept{24 * 3600.0};

SteadyTime newest_of(const Series& series) {
    SteadyTime newest{};
    for (const Sample& sample : series.samples) newest = std::max(newest, sample.at);
    return newest;
}

/// When this boot began, by the wall clock as it is `now`: moves when that is set, and only then.
WallTime booted_at(const Now& now) {
    return now.wall - now.steady.time_since_epoch() - to_nanoseconds(system::time_asleep());
}

/// The clocks are read one after another: less than this is no step, and far less than what any age
/// leaves uncertain.
std::chrono::nanoseconds set_by(std::chrono::nanoseconds moved) {
    constexpr std::chrono::milliseconds least{1};
    return std::chrono::abs(moved) < least ? std::chrono::nanoseconds{0} : moved;
}

/// What it would say of the clock that was set since, with its newest sample heard now, less
/// certain by its age: a drift found within a few seconds tells nothing of what this clock did in
/// half an hour.
Series moved_to(const store::RememberedSeries& old, const Now& now, const Remembered& remembered) {
    Series series = old.series;
    const SteadyTime newest = newest_of(series);
    for (Sample& sample : series.samples) {
        sample.at = now.steady - (newest - sample.at);
        sample.offset -= remembered.set;
        sample.dispersion += phi * remembered.age;
    }
    return series;
}

store::RememberedSeries to_remember(const Endpoint& endpoint, Series series, bool nts,
                                    const Now& began) {
    for (Sample& sample : series.samples) sample.at = SteadyTime{} + (sample.at - began.steady);
    return {endpoint, began.wall, std::move(series), nts, boot_id(), booted_at(began)};
}

bool is_stranger(const Candidate& candidate) {
    const Origin::Kind kind = candidate.source.origin.kind;
    return !candidate.source.permitted &&
           (kind == Origin::Kind::catalogue || kind == Origin::Kind::pool);
}

/// Adds the public series of this run and forgets those older than an hour.
void add_series(std::vector<store::RememberedSeries>& known,
                const std::vector<system::ProbeOutcome>& outcomes, const Now& began) {
    std::erase_if(known, [&](const store::RememberedSeries& old) {
        return Seconds{began.wall - old.at} > ntp::Manners{}.series_rest;
    });
    for (const system::ProbeOutcome& outcome : outcomes) {
        if (!outcome.endpoint || !outcome.endpoint->address.is_public() || outcome.series.sent == 0)
            continue;
        const bool nts = outcome.nts.has_value();
        std::erase_if(known, [&](const auto& old) {
            return old.endpoint == *outcome.endpoint && old.nts == nts;
        });
        known.push_back(to_remember(*outcome.endpoint, outcome.series, nts, began));
    }
}

}  // namespace

ScanMemory::ScanMemory(std::string state_directory) : directory_(std::move(state_directory)) {
    take(store::load(directory_, &remark_));
}

void ScanMemory::take(store::Memory memory) {
    known_ = std::move(memory);
    budget_ = ntp::RateBudget({}, known_.spent);
    exchanges_ = ntp::ExchangeBackoff(known_.exchanges);
}

std::string why_no_strangers(const Error& error) {
    return "what is sent to public servers cannot be remembered: " + error.message;
}

std::string ScanMemory::hold() {
    auto held = store::take_memory(directory_, &remark_);
    if (!held) return why_no_strangers(held.error());
    alone_ = std::move(held->alone);
    take(std::move(held->memory));
    return {};
}

void ScanMemory::plan(const std::vector<Endpoint>& endpoints, int samples,
                      const std::vector<Searched>& strangers) {
    const Now now = system::read_clocks();
    ntp::RateBudget planned = budget_;
    for (const Endpoint& endpoint : endpoints) {
        planned_ = planned_ || endpoint.address.is_public();
        for (int i = 0; i < samples; ++i) planned.spend(endpoint.address, now);
    }
    if (planned_) {
        known_.spent = planned.memory();
        search_before_ = known_.search;
        if (!strangers.empty() && !next_search(known_.search, now.wall)) {
            known_.search = Search{now.wall, strangers};
        }
        known_.exchanges = exchanges_.memory(now);
        // Read again, for a file has not all digits of an instant.
        if (store::save(directory_, known_))
            known_ = store::load(directory_, nullptr);
        else  // it could be written a moment ago: nobody is asked for time; it is told afterwards
            budget_ = ntp::RateBudget({.addresses = 0});
    }
    alone_.reset();
}

void ScanMemory::nobody_answered() {
    search_unanswered_ = planned_;
}

std::optional<Remembered> ScanMemory::recall(Candidate& candidate, const Endpoint& endpoint,
                                             const Now& now) const {
    const store::RememberedSeries* old =
        store::find_series(known_.series, endpoint, candidate.source.host.nts);
    const std::string boot = boot_id();
    if (old == nullptr || boot.empty() || old->boot != boot) {
        candidate.not_asked = Rejection::time_out;
        candidate.not_asked_why =
            old == nullptr ? "asked less than an hour ago, and what it answered is not known"
                           : "asked less than an hour ago, before this boot";
        return std::nullopt;
    }
    const auto set = set_by(booted_at(now) - old->booted);
    const Seconds age = now.wall - set - old->at - newest_of(old->series).time_since_epoch();
    const Remembered remembered{std::max(age, Seconds{0}), set};
    candidate.series = moved_to(*old, now, remembered);
    return remembered;
}

Result<void> ScanMemory::keep(const std::vector<system::ProbeOutcome>& outcomes, const Now& began) {
    alone_.reset();
    if (!planned_) return {};
    return store::change_memory(directory_, [&](store::Memory& memory) {
        if (search_unanswered_ && memory.search == known_.search) memory.search = search_before_;
        add_series(memory.series, outcomes, began);
        memory.spent = ntp::joined(budget_.memory(), added_by_others(memory.spent, known_.spent));
        std::erase_if(memory.spent, [&](const ntp::Spent& spent) {
            return Seconds{began.wall - spent.last} > spent_kept;
        });
        memory.exchanges = ntp::joined(exchanges_.memory(system::read_clocks()),
                                       added_by_others(memory.exchanges, known_.exchanges));
    });
}

Result<void> remember_spent(const std::string& state_directory, const store::Memory& before,
                            const ntp::RateBudget& budget) {
    return store::change_memory(state_directory, [&](store::Memory& memory) {
        memory.spent = ntp::joined(budget.memory(), added_by_others(memory.spent, before.spent));
    });
}

std::vector<Searched> strangers_among(const std::vector<Candidate>& candidates) {
    std::vector<Searched> strangers;
    for (const Candidate& candidate : candidates) {
        if (!is_stranger(candidate)) continue;
        const Source& source = candidate.source;
        // A pool's name stands for other machines each time.
        strangers.push_back({source.host.name, source.is_pool ? candidate.address : std::nullopt});
    }
    return strangers;
}

void remember_choice(const std::string& state_directory, const std::vector<Candidate>& candidates,
                     const Selection& selection) {
    std::vector<Candidate> chosen;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (selection.assessments[i].chosen) chosen.push_back(candidates[i]);
    }
    const std::vector<Searched> strangers = strangers_among(chosen);
    if (strangers.empty()) return;
    // No state: nothing is remembered, as was told.
    static_cast<void>(store::change_memory(state_directory, [&](store::Memory& memory) {
        if (!memory.search) return;
        for (Searched& one : memory.search->asked) {
            one.chosen = one.chosen || find_searched(strangers, one.host, one.address) != nullptr;
        }
    }));
}

}  // namespace clockwright::app
