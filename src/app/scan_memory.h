/// What a scan remembers of those it asked: read before it is decided who is asked, written before
/// the first packet leaves, and set right afterwards.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "find/search.h"
#include "judge/candidate.h"
#include "judge/selection.h"
#include "ntp/budget.h"
#include "ntp/exchange_backoff.h"
#include "result.h"
#include "store/memory.h"
#include "system/scan_driver.h"

namespace clockwright::app {

/// How a series that serves again was changed for it.
struct Remembered {
    Seconds age{};  ///< of its newest sample
    Seconds set{};  ///< by what the clock was set or slewed since; > 0: forward
};

/// How this clock has run: what it is moved by beyond its rate until the next look shows.
struct ClockRun {
    WallTime booted;          ///< wall clock less the unsteered oscillator, sleep counted
    std::optional<Ppm> rate;  ///< what the oscillator is corrected by; empty: it cannot be asked
};
ClockRun clock_run();

/// Of one scan. Strangers are read, decided and written without another run in between, so that two
/// at once ask nobody twice. Where the state cannot be read or written no stranger is asked.
class ScanMemory {
  public:
    explicit ScanMemory(std::string state_directory);

    ntp::RateBudget& budget() { return budget_; }
    ntp::ExchangeBackoff& exchanges() { return exchanges_; }
    const std::string& remark() const { return remark_; }  ///< what was wrong with the file

    /// Before it is decided who is asked: read again, and held until `plan`. Why no stranger may be
    /// asked; empty: they may.
    std::string hold();

    /// Before the first packet leaves, so that not even a crash makes us ask again: what is about
    /// to be sent counts as sent. `strangers`: from the catalogue or a pool; the first that are
    /// asked for a day are a search of the internet.
    void plan(const std::vector<Endpoint>& endpoints, int samples,
              const std::vector<Searched>& strangers);

    /// What is known of a candidate that was asked within the hour, as if it had been heard `now`:
    /// less certain by its age, and without what the clock was set or slewed by since. Empty:
    /// nothing is known of the clock as it is, and the candidate says so.
    std::optional<Remembered> recall(Candidate& candidate, const Endpoint& endpoint,
                                     const Now& now) const;

    /// None of the strangers: a search that nobody answers (behind a closed firewall) is none.
    void nobody_answered();

    /// Afterwards, whatever ended the scan: what was really sent and heard, beside what other runs
    /// remembered meanwhile. Nothing is written when no stranger was in it.
    Result<void> keep(const std::vector<system::ProbeOutcome>& outcomes, const Now& began);

  private:
    void take(store::Memory memory);

    std::string directory_, remark_;
    store::Memory known_;  ///< as it was read, or written by `plan`
    ntp::RateBudget budget_;
    ntp::ExchangeBackoff exchanges_;
    std::optional<store::Lock> alone_;
    bool planned_ = false;
    bool search_unanswered_ = false;
    std::optional<Search> search_before_;  ///< in whose place ours is
};

/// `there` without what is in `before`: what others have remembered since.
template <class T>
std::vector<T> added_by_others(std::vector<T> there, const std::vector<T>& before) {
    std::erase_if(there,
                  [&](const T& one) { return std::ranges::find(before, one) != before.end(); });
    return there;
}

/// Why strangers may not be asked when the memory is not to be had.
std::string why_no_strangers(const Error& error);

/// Of what was sent outside of a scan, with a budget that knew `before`.
Result<void> remember_spent(const std::string& state_directory, const store::Memory& before,
                            const ntp::RateBudget& budget);

/// The strangers among these candidates: found by a search, and nobody's word.
std::vector<Searched> strangers_among(const std::vector<Candidate>& candidates);

/// Whom the last search found and this selection chose is asked again before the next one.
void remember_choice(const std::string& state_directory, const std::vector<Candidate>& candidates,
                     const Selection& selection);

}  // namespace clockwright::app
