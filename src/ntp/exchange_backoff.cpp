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
    std::map<std::string, LastExchange> latest;
    for (const std::vector<LastExchange>* list : {&one, &other}) {
        for (const LastExchange& last : *list) {
            LastExchange& known = latest.try_emplace(last.host, last).first->second;
            if (known.at < last.at) {
                known = last;
            }
        }
    }
    std::vector<LastExchange> all;
    for (const auto& [host, last] : latest) {
        all.push_back(last);
    }
    return all;
}

ExchangeBackoff::ExchangeBackoff(std::vector<LastExchange> remembered) {
    for (LastExchange& last : remembered) {
        std::string host = last.host;
        exchanges_.insert_or_assign(std::move(host), Record{std::move(last), {}});
    }
}

Seconds ExchangeBackoff::age(const Record& record, Now now) {
    return record.began ? Seconds{now.steady - *record.began} : Seconds{now.wall - record.last.at};
}

Seconds ExchangeBackoff::wait(const std::string& host, Now now) const {
    const auto found = exchanges_.find(host);
    if (found == exchanges_.end()) {
        return Seconds{0};
    }
    const Seconds gone = age(found->second, now);
    const int failures = found->second.last.failures;
    const Seconds wanted = failures > 0 ? back_off(failures) : rest;
    return gone < -rest ? Seconds{0} : std::max(wanted - std::max(gone, Seconds{0}), Seconds{0});
}

const LastExchange* ExchangeBackoff::last(const std::string& host) const {
    const auto found = exchanges_.find(host);
    return found == exchanges_.end() ? nullptr : &found->second.last;
}

void ExchangeBackoff::begin(const std::string& host, Now now) {
    Record& record = exchanges_[host];
    const int failures = record.last.failures;
    record = {.last = {.host = host,
                       .at = now.wall,
                       .failures = std::min(failures + 1, longest_run),
                       .asked = {},
                       .report = {}},
              .began = now.steady};
}

void ExchangeBackoff::report(const std::string& host, const NtsReport& report) {
    exchanges_[host].last.report = report;
}

void ExchangeBackoff::succeeded(const std::string& host, const Endpoint& asked) {
    exchanges_[host].last.failures = 0;
    exchanges_[host].last.asked = asked;
}

std::vector<LastExchange> ExchangeBackoff::memory(Now now) const {
    std::vector<LastExchange> remembered;
    for (const auto& [host, record] : exchanges_) {
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
