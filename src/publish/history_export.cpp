#include "publish/history_export.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "publish/roll_up.h"
#include "steer/distribution.h"
#include "time/spell.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;
using Samples = std::vector<const SampleRow*>;

std::optional<double> median_of(const Samples& samples,
                                std::optional<Seconds> SampleRow::* member) {
    std::vector<double> values;
    for (const SampleRow* sample : samples)
        if (const auto& value = sample->*member) values.push_back(value->count());
    return clockwright::median_of(std::move(values));
}

std::optional<Seconds> jitter_of(const Samples& samples) {
    const SampleRow* best = nullptr;
    for (const SampleRow* sample : samples)
        if (sample->offset && sample->delay && (!best || *sample->delay < *best->delay))
            best = sample;
    if (!best) return std::nullopt;
    double sum = 0;
    int others = 0;
    for (const SampleRow* sample : samples) {
        if (!sample->offset || sample == best) continue;
        const double difference = (*sample->offset - *best->offset).count();
        sum += difference * difference;
        ++others;
    }
    if (others == 0) return std::nullopt;
    return Seconds{std::sqrt(sum / others)};
}

HourOfServer worth_of(const std::string& host, const Samples& samples) {
    HourOfServer worth;
    worth.host = host;
    if (const auto offset = median_of(samples, &SampleRow::offset)) worth.offset = Seconds{*offset};
    worth.jitter = jitter_of(samples);
    const auto answered = std::ranges::count_if(
        samples, [](const SampleRow* sample) { return sample->offset.has_value(); });
    worth.reachability =
        100.0 * static_cast<double>(answered) / static_cast<double>(samples.size());
    for (const SampleRow* sample : samples)
        if (sample->stratum) worth.stratum = sample->stratum;
    if (const auto error = median_of(samples, &SampleRow::error))
        worth.score = 100 / (1 + std::abs(*error) / 10e-3);
    return worth;
}

Json seconds_or_null(const std::optional<Seconds>& interval) {
    return interval && std::isfinite(interval->count()) ? Json(interval->count()) : Json(nullptr);
}

}  // namespace

std::vector<HourOfServers> hours_of(std::span<const SampleRow> samples) {
    std::map<WallTime, std::map<std::string, Samples>> by_hour;
    for (const SampleRow& sample : samples)
        by_hour[beginning_of(Resolution::hour, sample.at)][sample.server].push_back(&sample);
    std::vector<HourOfServers> hours;
    for (const auto& [at, servers] : by_hour) {
        HourOfServers hour{at, {}};
        for (const auto& [host, of_host] : servers) hour.servers.push_back(worth_of(host, of_host));
        hours.push_back(std::move(hour));
    }
    return hours;
}

std::string hour_json(const HourOfServers& hour) {
    auto servers = Json::array();
    for (const HourOfServer& server : hour.servers)
        servers.push_back({{"hostname", server.host},
                           {"offset_seconds", seconds_or_null(server.offset)},
                           {"jitter_seconds", seconds_or_null(server.jitter)},
                           {"stratum", server.stratum ? Json(*server.stratum) : Json(nullptr)},
                           {"reachability_percent", server.reachability},
                           {"score", server.score ? Json(*server.score) : Json(nullptr)}});
    const Json json{{"timestamp", rfc3339(hour.at)}, {"region", nullptr}, {"servers", servers}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace clockwright
