#include "app/watch_memory.h"

#include <utility>

#include "app/scan_memory.h"

namespace clockwright::app {

/// What this watch did is aged by the steady clock, so only what is new is taken from the file.
void WatchMemory::know(const store::Memory& memory) {
    for (const ntp::Spent& spent : added_by_others(memory.spent, known_spent_))
        budget_.heard_of(spent);
    for (const ntp::LastExchange& last : added_by_others(memory.exchanges, known_exchanges_))
        exchanges_.heard_of(last);
    known_spent_ = memory.spent;
    known_exchanges_ = memory.exchanges;
}

std::string WatchMemory::hold(const std::string& state_directory) {
    if (std::exchange(directory_, state_directory) != state_directory) {
        known_spent_.clear();
        known_exchanges_.clear();
    }
    held_.reset();
    auto held = store::take_memory(directory_);
    if (!held) return why_no_strangers(held.error());
    held_ = std::move(*held);
    know(held_->memory);
    return {};
}

void WatchMemory::plan(const std::vector<Endpoint>& endpoints, const Now& now) {
    if (!held_) return;
    std::vector<IpAddress> to;
    for (const Endpoint& endpoint : endpoints) to.push_back(endpoint.address);
    store::Memory memory = std::move(held_->memory);
    ntp::remember_packets(memory.spent, to, now.wall);
    memory.exchanges = exchanges_.memory(now);
    // It could be written a moment ago. Read again, for a file has not all digits of an instant.
    if (store::save(directory_, memory)) memory = store::load(directory_, nullptr);
    known_spent_ = std::move(memory.spent);
    known_exchanges_ = std::move(memory.exchanges);
    held_.reset();
}

Result<void> WatchMemory::keep(const Now& now) {
    held_.reset();
    const auto same = [](const ntp::LastExchange& one, const ntp::LastExchange& other) {
        return one.with == other.with && one.failures == other.failures &&
               one.asked == other.asked && one.report == other.report;
    };
    if (std::ranges::equal(exchanges_.memory(now), known_exchanges_, same)) return {};
    TRY(store::change_memory(directory_, [&](store::Memory& memory) {
        memory.exchanges = ntp::joined(exchanges_.memory(now),
                                       added_by_others(memory.exchanges, known_exchanges_));
    }));
    known_exchanges_ = store::load(directory_, nullptr).exchanges;
    return {};
}

}  // namespace clockwright::app
