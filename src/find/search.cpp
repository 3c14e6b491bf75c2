#include "find/search.h"

#include <algorithm>

namespace clockwright {
namespace {

constexpr Seconds samples_serve{3600};  // RateBudget: one series an hour
constexpr Seconds small_step{3600};

}  // namespace

std::optional<WallTime> next_search(const std::optional<Search>& last, WallTime now) {
    if (!last) return std::nullopt;
    const Seconds age = now - last->at;
    if (age >= search_rest || age <= -small_step) return std::nullopt;
    return last->at + to_nanoseconds(search_rest);
}

std::vector<Searched> still_asked(const Search& last, WallTime now) {
    std::vector<Searched> asked = last.asked;
    if (Seconds{now - last.at} >= samples_serve)
        std::erase_if(asked, [](const Searched& one) { return !one.chosen; });
    return asked;
}

const Searched* find_searched(const std::vector<Searched>& asked, std::string_view host,
                              const std::optional<IpAddress>& address) {
    const auto found = std::ranges::find_if(asked, [&](const Searched& one) {
        return one.host == host && (!one.address || one.address == address);
    });
    return found == asked.end() ? nullptr : &*found;
}

}  // namespace clockwright
