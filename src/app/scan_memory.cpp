#include "app/scan_memory.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/agent_record.h"
#include "system/clock.h"
#include "system/kernel_clock.h"

namespace clockwright::app {
namespace {

constexpr Seconds spent_kept{24 * 3600.0};

SteadyTime newest_of(const Series& series) {
    SteadyTime newest{};
    for (const Sample& sample : series.samples) newest = std::max(newest, sample.at);
    return newest;
}

/// The clocks are read one after another: less than this is no move, and far less than what any age
/// leaves uncertain.
Seconds told_apart(Seconds moved) {
    constexpr Seconds least{1e-3};
    return std::abs(moved.count()) < least.count() ? Seconds{0} : moved;
}

/// Age and move of a series; empty: the rate itself was changed since, so that nobody can tell what
/// is rate and what is a slew. A service may not ask the kernel: then the other run's rate holds.
std::optional<Remembered> ran_since(const store::RememberedSeries& old, const ClockRun& run,
                                    WallTime now) {
    constexpr double steady_ppm = phi * 1e6;
    const std::optional<Ppm> now_rate = run.rate ? run.rate : old.rate;
    const std::optional<Ppm> then_rate = old.rate ? old.rate : run.rate;
    if (!now_rate || std::abs(now_rate->value - then_rate->value) > steady_ppm) return std::nullopt;
    const Seconds shifted = run.booted - old.booted;
    const Seconds ran = Seconds(now - old.at) - shifted;
    const double rate = (now_rate->value + then_rate->value) / 2 * 1e-6;
    return Remembered{std::max(ran - Seconds(newest_of(old.series).time_since_epoch()), Seconds{0}),
                      told_apart(shifted - rate * ran)};
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
    const ClockRun run = clock_run();
    return {endpoint, began.wall, std::move(series), nts, boot_id(), run.booted, run.rate};
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

ClockRun clock_run() {
    const UnsteeredReading clocks = system::read_unsteered();
    const auto kernel = system::read_kernel_clock();
    return {clocks.wall - clocks.raw - to_nanoseconds(system::time_asleep()),
            kernel ? std::optional(kernel->frequency) : std::nullopt};
}

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
    const auto unknown = [&candidate](const char* why) {
        candidate.not_asked = Rejection::time_out;
        candidate.not_asked_why = std::string("asked less than an hour ago, ") + why;
        return std::nullopt;
    };
    // A run that was killed, or that is still at it, leaves the series of the hour before.
    constexpr Seconds slack{60};
    const Seconds longest = ntp::Manners{}.series_rest + slack;
    if (old == nullptr) return unknown("and what it answered is not known");
    const std::string boot = boot_id();
    if (boot.empty() || old->boot != boot) return unknown("before this boot");
    const auto remembered = ran_since(*old, clock_run(), now.wall);
    if (!remembered) return unknown("and this clock was slewed since, nobody knows by how much");
    if (remembered->age > longest) return unknown("and what it answered is not known");
    candidate.series = moved_to(*old, now, *remembered);
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
