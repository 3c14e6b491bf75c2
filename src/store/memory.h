/// What must be remembered over restarts: what was sent to whom, the samples of the last hour, how
/// often in a row a better set was found, and when the internet was searched.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "find/search.h"
#include "ntp/budget.h"
#include "ntp/exchange_backoff.h"
#include "result.h"
#include "store/lock.h"
#include "time/series.h"

namespace clockwright::store {

/// The last series of a public address; reused for an hour, confirming nothing new.
struct RememberedSeries {
    Endpoint endpoint;
    WallTime at;
    Series series;          ///< Sample::at counts from `at`, as steady time since zero
    bool nts = false;       ///< it was asked by NTS, and only authentic answers count
    std::string boot = {};  ///< of which boot of this host; empty: not known
    /// When that began by the wall clock of then and the oscillator as it ran by itself since.
    WallTime booted = {};
    std::optional<Ppm> rate = {};  ///< what the oscillator was corrected by then

    friend bool operator==(const RememberedSeries&, const RememberedSeries&) = default;
};

/// The series to reuse for an endpoint: for an nts:// host only one that was asked by NTS; for any
/// other the plain one rather than that. Null: none.
const RememberedSeries* find_series(const std::vector<RememberedSeries>& series,
                                    const Endpoint& endpoint, bool nts);

/// How many runs on end found a better set than the present one.
struct Confirmation {
    std::vector<std::string> present;  ///< sorted hosts of the set that was beaten
    WallTime at;                       ///< of the last run
    int runs = 0;
};

struct Memory {
    std::vector<ntp::Spent> spent;
    std::vector<RememberedSeries> series;
    std::vector<ntp::LastExchange> exchanges;  ///< of keys, with public hosts
    Confirmation confirmation;
    std::optional<Search> search;  ///< of the internet, the last one
};

/// `<state>/memory.json`, versioned, 0600, written atomically. A missing file is an empty memory.
/// Of one that holds what this release does not understand every entry is kept that it does, with a
/// remark. Error: it cannot be read, or does not tell what was sent; whoever would ask strangers
/// must not then.
Result<Memory> read_memory(const std::string& state_directory, std::string* remark = nullptr);
/// The same for who only wants to know: then it is empty, with a remark.
Memory load(const std::string& state_directory, std::string* remark);
/// Keeps the newest 4096 of each kind.
Result<void> save(const std::string& state_directory, const Memory& memory);

/// While it is held nobody else changes the memory: for what is decided by it and written at once.
/// Makes the directory.
Result<Lock> hold_memory(const std::string& state_directory);

/// Held, read, and proved to be writable: only then may strangers be asked.
struct HeldMemory {
    Lock alone;
    Memory memory;
};
Result<HeldMemory> take_memory(const std::string& state_directory, std::string* remark = nullptr);

/// Loads, changes and saves it alone: two runs at once lose nothing. Not while one holds it.
Result<void> change_memory(const std::string& state_directory,
                           const std::function<void(Memory&)>& change);

}  // namespace clockwright::store
