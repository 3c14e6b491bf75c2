/// A watch list with its time, and what servers may answer it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "app/watch_list.h"

namespace clockwright::app {

inline constexpr WatchRates rates{
    .near = Seconds{1}, .strangers = Seconds{65}, .keyed = Seconds{600}, .start = Seconds{0}};

inline Candidate candidate(const std::string& host) {
    Candidate one;
    one.source.host = *parse_host(host);
    one.source.as_written = host;
    one.address = parse_address(one.source.host.name);
    return one;
}

inline Candidate of_daemon(const std::string& host) {
    Candidate one = candidate(host);
    one.source.origin.kind = Origin::Kind::daemon;
    return one;
}

inline Answer lost(const std::string& host) {
    Answer answer;
    answer.host = host;
    answer.series.sent = 1;
    answer.series.rejections = {Rejection::time_out};
    return answer;
}

inline Answer heard(const std::string& host, SteadyTime at) {
    Answer answer;
    answer.host = host;
    answer.series.sent = 1;
    answer.series.samples = {Sample{.at = at, .delay = Seconds{0.01}}};
    return answer;
}

inline Answer kissed(const std::string& host, std::uint32_t code) {
    Answer answer = lost(host);
    answer.series.rejections = {Rejection::kiss};
    answer.series.kiss = code;
    return answer;
}

/// A list and its time.
struct House {
    explicit House(const std::vector<Candidate>& whom) { list.is(whom, now); }

    void pass(Seconds length) {
        now.steady += to_nanoseconds(length);
        now.wall += to_nanoseconds(length);
    }
    std::vector<std::string> due() {
        std::vector<std::string> hosts;
        for (const Question& one : list.due(now)) hosts.push_back(one.whom.source.as_written);
        return hosts;
    }
    std::vector<std::string> unresolved() {
        std::vector<std::string> hosts;
        for (const Candidate& one : list.unresolved(now)) hosts.push_back(one.source.as_written);
        return hosts;
    }
    void answer(const Answer& answer) { list.answered({answer}, now, rows); }
    /// What its name stands for, when it is asked for now.
    void finds(const std::string& host, const char* address) {
        if (unresolved().empty()) return;
        Answer found;
        found.host = host;
        found.address = parse_address(address);
        list.resolved({found}, now, rows);
    }
    /// How often it is asked within `span` at a cycle of a second, and is answered with `answer`.
    int asked_within(std::chrono::seconds span, const Answer& answered) {
        int asked = 0;
        for (auto left = span; left > std::chrono::seconds{0}; left -= std::chrono::seconds{1}) {
            for (const std::string& host : due()) {
                if (host != answered.host) continue;
                ++asked;
                answer(answered);
            }
            pass(Seconds{1});
        }
        return asked;
    }

    Now now{WallTime{std::chrono::hours(500000)}, SteadyTime{} + std::chrono::hours{1}};
    WatchList list{rates};
    std::vector<Record> rows;
};

using Hosts = std::vector<std::string>;

}  // namespace clockwright::app
