#include "ntp/exchange_backoff.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace clockwright::ntp {
namespace {

constexpr Seconds first_wait{10}, longest_wait{432000};
constexpr double growth = 1.5;
constexpr int longest_run = 28;  // failures from which on the wait is the longest
constexpr Seconds kept{14 * 86400.0};

}  // namespace

Seconds back_off(int failures) {
    if (failures <= 0) {
        return Seconds{0};
    }
    const int run = std::min(failures, longest_run);
    return std::min(first_wait * std::pow(growth, run - 1), longest_wait);
}

std::vector<LastExchange> joined(const std::vector<LastExchange>& one,
                                 const std::vector<LastExchange>& other) {
    std::map<KeyServer, LastExchange> latest;
    for (const std::vector<LastExchange>* list : {&one, &other}) {
        for (const LastExchange& last : *list) {
            LastExchange& known = latest.try_emplace(last.with, last).first->second;
            if (known.at < last.at) {
                known = last;
            }
        }
    }
    std::vector<LastExchange> all;
    for (const auto& [server, last] : latest) {
        all.push_back(last);
    }
    return all;
}

ExchangeBackoff::ExchangeBackoff(const std::vector<LastExchange>& remembered) {
    for (const LastExchange& last : remembered) {
        heard_of(last);
    }
}

void ExchangeBackoff::heard_of(const LastExchange& last) {
    exchanges_.insert_or_assign(last.with, Record{last, {}});
}

bool ExchangeBackoff::is_same(const KeyServer& known, const KeyServer& server) {
    return known.host == server.host || (known.address && known.address == server.address);
}

Seconds ExchangeBackoff::age(const Record& record, Now now) {
    return record.began ? Seconds{now.steady - *record.began} : Seconds{now.wall - record.last.at};
}

Seconds ExchangeBackoff::left(const Record& record, Now now) {
    const Seconds gone = age(record, now);
    const int failures = record.last.failures;
    const bool unchecked = record.last.report.failure == NtsFailure::clock_wrong;
    const Seconds wanted = failures > 0 ? back_off(failures) : unchecked ? unchecked_rest : rest;
    return gone < -rest ? Seconds{0} : std::max(wanted - std::max(gone, Seconds{0}), Seconds{0});
}

Seconds ExchangeBackoff::wait(const KeyServer& server, Now now) const {
    Seconds longest{0};
    for (const auto& [known, record] : exchanges_) {
        if (is_same(known, server)) {
            longest = std::max(longest, left(record, now));
        }
    }
    return longest;
}

const LastExchange* ExchangeBackoff::last(const KeyServer& server, Now now) const {
    const Record* found = nullptr;
    const auto rank = [&](const Record& record) {
        return std::pair(left(record, now), record.last.with.host == server.host);
    };
    for (const auto& [known, record] : exchanges_) {
        if (is_same(known, server) && (found == nullptr || rank(*found) < rank(record))) {
            found = &record;
        }
    }
    return found == nullptr ? nullptr : &found->last;
}

void ExchangeBackoff::begin(const KeyServer& server, Now now) {
    int failures = 0;
    for (const auto& [known, record] : exchanges_) {
        if (is_same(known, server)) {
            failures = std::max(failures, record.last.failures);
        }
    }
    exchanges_.erase(KeyServer{server.host, std::nullopt});
    exchanges_[server] = {.last = {.with = server,
                                   .at = now.wall,
                                   .failures = std::min(failures + 1, longest_run),
                                   .asked = {},
                                   .report = {}},
                          .began = now.steady};
}

void ExchangeBackoff::report(const KeyServer& server, const NtsReport& report) {
    exchanges_[server].last.report = report;
}

void ExchangeBackoff::succeeded(const KeyServer& server, const Endpoint& asked) {
    // Whatever failed before with this name or at this address is made good.
    std::erase_if(exchanges_, [&](const auto& entry) {
        return entry.first != server && is_same(entry.first, server) &&
               entry.second.last.failures > 0;
    });
    exchanges_[server].last.failures = 0;
    exchanges_[server].last.asked = asked;
}

std::vector<LastExchange> ExchangeBackoff::memory(Now now) const {
    std::vector<LastExchange> remembered;
    for (const auto& [server, record] : exchanges_) {
        const Seconds gone = age(record, now);
        // A run of failures outlives its wait, or the next one would begin at ten seconds again.
        const Seconds lifetime = record.last.failures > 0 ? kept : rest;
        if (gone >= -rest && gone < lifetime) {
            remembered.push_back(record.last);
        }
    }
    return remembered;
}

}  // namespace clockwright::ntp
