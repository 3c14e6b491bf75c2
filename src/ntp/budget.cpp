#include "ntp/budget.h"

#include <algorithm>

namespace clockwright::ntp {
namespace {

using std::chrono::nanoseconds;

constexpr Now never{.wall = WallTime::max(), .steady = SteadyTime::max()};

}  // namespace

std::vector<Spent> joined(const std::vector<Spent>& one, const std::vector<Spent>& other) {
    std::map<IpAddress, Spent> latest;
    for (const std::vector<Spent>* list : {&one, &other}) {
        for (const Spent& spent : *list) {
            Spent& known = latest.try_emplace(spent.address, spent).first->second;
            if (known.last < spent.last) {
                known = spent;
            }
        }
    }
    std::vector<Spent> all;
    for (const auto& [address, spent] : latest) {
        all.push_back(spent);
    }
    return all;
}

void remember_packets(std::vector<Spent>& remembered, const std::vector<IpAddress>& to,
                      WallTime now) {
    for (const IpAddress& address : to) {
        if (!address.is_public()) {
            continue;
        }
        const auto known = std::ranges::find(remembered, address, &Spent::address);
        if (known != remembered.end()) {
            known->last = now;
            continue;
        }
        const WallTime over = now - to_nanoseconds(Manners{}.series_rest);
        remembered.push_back({.address = address, .series_began = over, .last = now, .sent = 0});
    }
}

RateBudget::RateBudget(Manners manners, const std::vector<Spent>& remembered) : manners_(manners) {
    for (const Spent& spent : remembered) {
        heard_of(spent);
    }
}

std::optional<RateBudget::Ages> RateBudget::ages(const IpAddress& address, Now now) const {
    const auto found = records_.find(address);
    if (found == records_.end()) {
        return std::nullopt;
    }
    const Record& record = found->second;
    if (record.last) {
        return Ages{.began = now.steady - *record.began, .last = now.steady - *record.last};
    }
    const nanoseconds began = now.wall - record.spent.series_began;
    const nanoseconds last = now.wall - record.spent.last;
    if (std::min(began, last) <= -to_nanoseconds(manners_.series_rest)) {
        return std::nullopt;
    }
    return Ages{.began = std::max(began, nanoseconds{0}), .last = std::max(last, nanoseconds{0})};
}

bool RateBudget::is_full(const IpAddress& address) const {
    const auto found = records_.find(address);
    const bool counted = found != records_.end() && found->second.last;
    return !counted && asked_ >= manners_.addresses;
}

Now RateBudget::earliest(const IpAddress& address, Now now, Seconds spacing) const {
    if (!address.is_public()) {
        return now;
    }
    if (is_full(address)) {
        return never;
    }
    const auto age = ages(address, now);
    if (!age) {
        return now;
    }
    const bool within_series = age->began < to_nanoseconds(manners_.series_rest) &&
                               records_.at(address).spent.sent < manners_.series;
    const Seconds gap = std::max(within_series ? manners_.spacing : manners_.further, spacing);
    const nanoseconds wait = std::max(to_nanoseconds(gap) - age->last, nanoseconds{0});
    return Now{.wall = now.wall + wait, .steady = now.steady + wait};
}

bool RateBudget::may_begin_series(const IpAddress& address, Now now) const {
    if (!address.is_public()) {
        return true;
    }
    if (is_full(address)) {
        return false;
    }
    const auto age = ages(address, now);
    return !age || (age->began >= to_nanoseconds(manners_.series_rest) &&
                    age->last + to_nanoseconds(manners_.wait) >= to_nanoseconds(manners_.further));
}

void RateBudget::spend(const IpAddress& address, Now now) {
    if (!address.is_public()) {
        return;
    }
    const auto age = ages(address, now);
    Record& record = records_[address];
    if (!record.last) {
        ++asked_;
    }
    if (!age || age->began >= to_nanoseconds(manners_.series_rest)) {
        record.spent = Spent{.address = address, .series_began = now.wall, .last = {}, .sent = 0};
        record.began = now.steady;
    } else {
        record.began = now.steady - age->began;
    }
    record.spent.last = now.wall;
    record.last = now.steady;
    ++record.spent.sent;
}

void RateBudget::heard_of(const Spent& spent) {
    if (spent.address.is_public()) {
        records_[spent.address] = Record{.spent = spent, .began = {}, .last = {}};
    }
}

std::vector<Spent> RateBudget::memory() const {
    std::vector<Spent> all;
    all.reserve(records_.size());
    for (const auto& [address, record] : records_) {
        all.push_back(record.spent);
    }
    return all;
}

}  // namespace clockwright::ntp
