#include "judge/preference.h"

#include <algorithm>
#include <utility>

#include "time/fnv.h"

namespace clockwright {
namespace {

/// The place of a server among its equals on a machine: FNV-1a, its bits spread.
std::uint64_t lot(std::uint64_t machine, const Eligible& it) {
    std::uint64_t hash = fnv1a(
        it.ties.address ? to_string(Endpoint{*it.ties.address, it.ties.port}) : it.ties.rotation,
        machine);
    hash = (hash ^ (hash >> 33U)) * 0xff51'afd7'ed55'8ccdU;
    return hash ^ (hash >> 33U);
}

void draw_lots(std::span<const Eligible*> newcomers, const std::string& machine) {
    const std::uint64_t of_machine = fnv1a("|", fnv1a(machine));
    std::vector<std::pair<std::uint64_t, const Eligible*>> lots;
    lots.reserve(newcomers.size());
    for (const Eligible* it : newcomers) {
        lots.emplace_back(lot(of_machine, *it), it);
    }
    std::ranges::stable_sort(lots, {}, &decltype(lots)::value_type::first);
    std::ranges::transform(lots, newcomers.begin(), &decltype(lots)::value_type::second);
}

}  // namespace

std::vector<const Eligible*> by_cost(Eligibles eligible) {
    std::vector<const Eligible*> order;
    for (const Eligible& it : eligible) {
        order.push_back(&it);
    }
    std::ranges::sort(order, has_less<&Eligible::cost>);
    return order;
}

std::vector<const Eligible*> ranked(Eligibles eligible, const SetSettings& settings) {
    auto order = by_cost(eligible);
    if (settings.machine.empty()) {
        return order;
    }
    const auto is_there = [](const Eligible* it) { return it->stays || it->present; };
    for (auto begin = order.begin(); begin != order.end();) {
        const Seconds best = (*begin)->cost;
        const auto end = std::find_if(begin, order.end(), [&](const Eligible* it) {
            return it->cost * (1 - settings.tie) > best;
        });
        const auto newcomers = std::stable_partition(begin, end, is_there);
        draw_lots(std::span(newcomers, end), settings.machine);
        begin = end;
    }
    return order;
}

}  // namespace clockwright
