#include "store/memory_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <iterator>
#include <utility>

#include "ntp/nts_keys.h"
#include "time/spell.h"

namespace clockwright::store {
namespace {

using Json = nlohmann::ordered_json;

constexpr int memory_format = 1;
constexpr std::ptrdiff_t most_entries = 4096;  // of a kind
constexpr auto last_rejection = static_cast<std::int64_t>(Rejection::nts_nak);
constexpr auto last_failure = static_cast<std::int64_t>(NtsFailure::unauthenticated);

/// What is not so is left out, as in files that are older than these keys.
void put_if_true(Json& json, const char* key, bool value) {
    if (value) json[key] = true;
}

Json sample_to_json(const Sample& sample) {
    Json json{{"at_nanoseconds", sample.at.time_since_epoch().count()},
              {"offset_seconds", sample.offset.count()},
              {"delay_seconds", sample.delay.count()},
              {"dispersion_seconds", sample.dispersion.count()},
              {"root_delay_seconds", sample.root_delay.count()},
              {"root_dispersion_seconds", sample.root_dispersion.count()},
              {"leap", static_cast<int>(sample.leap)},
              {"stratum", sample.stratum},
              {"refid", sample.refid}};
    put_if_true(json, "interleaved", sample.interleaved);
    put_if_true(json, "authenticated", sample.authenticated);
    return json;
}

Json series_to_json(const RememberedSeries& remembered) {
    auto samples = Json::array(), rejections = Json::array();
    for (const auto& sample : remembered.series.samples) samples.push_back(sample_to_json(sample));
    for (const auto rejection : remembered.series.rejections)
        rejections.push_back({{"kind", static_cast<int>(rejection)}});
    Json json{{"address", to_string(remembered.endpoint.address)},
              {"port", remembered.endpoint.port},
              {"at", rfc3339(remembered.at, true)},
              {"sent", remembered.series.sent},
              {"kiss", remembered.series.kiss},
              {"samples", std::move(samples)},
              {"rejections", std::move(rejections)}};
    put_if_true(json, "nts", remembered.nts);
    if (!remembered.boot.empty()) {
        json["boot"] = remembered.boot;
        json["booted"] = rfc3339(remembered.booted, true);
        if (remembered.rate) json["rate_ppm"] = remembered.rate->value;
    }
    return json;
}

Json report_to_json(const NtsReport& report) {
    return {{"failure", static_cast<int>(report.failure)},
            {"why", report.why},
            {"server", report.server},
            {"port", report.port},
            {"algorithm", report.algorithm},
            {"cookies", report.cookies},
            {"subject", report.subject},
            {"issuer", report.issuer},
            {"not_before", rfc3339(report.not_before, true)},
            {"not_after", rfc3339(report.not_after, true)}};
}

Json exchange_to_json(const ntp::LastExchange& exchange) {
    Json json{{"host", exchange.with.host},
              {"at", rfc3339(exchange.at, true)},
              {"failures", exchange.failures},
              {"report", report_to_json(exchange.report)}};
    if (exchange.with.address) json["address"] = to_string(*exchange.with.address);
    if (exchange.asked) {
        json["asked"] = {{"address", to_string(exchange.asked->address)},
                         {"port", exchange.asked->port}};
    }
    return json;
}

Json search_to_json(const Search& search) {
    auto asked = Json::array();
    for (const Searched& one : search.asked) {
        Json json{{"host", one.host}};
        if (one.address) json["address"] = to_string(*one.address);
        put_if_true(json, "chosen", one.chosen);
        asked.push_back(std::move(json));
    }
    return {{"at", rfc3339(search.at, true)}, {"asked", std::move(asked)}};
}

/// The newest of them, in their order.
template <class T>
std::vector<T> newest(std::vector<T> all, WallTime T::* at) {
    if (all.size() <= most_entries) return all;
    std::vector<WallTime> times;
    for (const T& one : all) times.push_back(one.*at);
    const auto oldest_kept = times.end() - most_entries;
    std::ranges::nth_element(times, oldest_kept);
    std::erase_if(all, [&](const T& one) { return one.*at < *oldest_kept; });
    all.resize(std::min<std::size_t>(all.size(), most_entries));
    return all;
}

IpAddress read_address(JsonFields& fields) {
    const auto address = parse_address(fields.text("address"));
    if (!address) fields.fault("address", "is no address");
    return address.value_or(IpAddress{});
}

Seconds read_seconds(JsonFields& fields, std::string_view key) {
    return Seconds{fields.number_or_null(key).value_or(0)};
}

Sample read_sample(const Json& json, const std::string& place, JsonFaults& faults) {
    JsonFields fields(json, place, faults);
    Sample sample;
    sample.at = SteadyTime(
        std::chrono::nanoseconds(fields.integer("at_nanoseconds", INT64_MIN, INT64_MAX)));
    sample.offset = read_seconds(fields, "offset_seconds");
    sample.delay = read_seconds(fields, "delay_seconds");
    sample.dispersion = read_seconds(fields, "dispersion_seconds");
    sample.root_delay = read_seconds(fields, "root_delay_seconds");
    sample.root_dispersion = read_seconds(fields, "root_dispersion_seconds");
    sample.leap = static_cast<Leap>(fields.integer("leap", 0, 3));
    sample.stratum = static_cast<std::uint8_t>(fields.integer("stratum", 0, 255));
    sample.refid = static_cast<std::uint32_t>(fields.integer("refid", 0, UINT32_MAX));
    sample.interleaved = fields.has("interleaved") && fields.boolean("interleaved");
    sample.authenticated = fields.has("authenticated") && fields.boolean("authenticated");
    return sample;
}

RememberedSeries read_series(const Json& json, const std::string& place, JsonFaults& faults) {
    JsonFields fields(json, place, faults);
    RememberedSeries remembered;
    remembered.endpoint.address = read_address(fields);
    remembered.endpoint.port = static_cast<std::uint16_t>(fields.integer("port", 1, 65535));
    remembered.at = fields.instant("at");
    remembered.series.sent = static_cast<int>(fields.integer("sent", 0, INT_MAX));
    remembered.series.kiss = static_cast<std::uint32_t>(fields.integer("kiss", 0, UINT32_MAX));
    fields.each("samples", [&](const Json& sample, const std::string& where) {
        remembered.series.samples.push_back(read_sample(sample, where, faults));
    });
    fields.each("rejections", [&](const Json& rejection, const std::string& where) {
        JsonFields kind(rejection, where, faults);
        remembered.series.rejections.push_back(
            static_cast<Rejection>(kind.integer("kind", 0, last_rejection)));
    });
    remembered.nts = fields.has("nts") && fields.boolean("nts");
    if (fields.has("boot")) {
        remembered.boot = fields.text("boot");
        remembered.booted = fields.instant("booted");
        if (fields.has("rate_ppm"))
            remembered.rate = Ppm{fields.number_or_null("rate_ppm").value_or(0)};
    }
    return remembered;
}

NtsReport read_report(const Json& json, const std::string& place, JsonFaults& faults) {
    JsonFields fields(json, place, faults);
    NtsReport report;
    report.failure = static_cast<NtsFailure>(fields.integer("failure", 0, last_failure));
    report.why = fields.text("why");
    report.server = fields.text("server");
    report.port = static_cast<std::uint16_t>(fields.integer("port", 1, UINT16_MAX));
    report.algorithm = static_cast<std::uint16_t>(fields.integer("algorithm", 0, UINT16_MAX));
    report.cookies = static_cast<int>(fields.integer("cookies", 0, ntp::most_cookies));
    report.subject = fields.text("subject");
    report.issuer = fields.text("issuer");
    report.not_before = fields.instant("not_before");
    report.not_after = fields.instant("not_after");
    return report;
}

Endpoint read_endpoint(const Json& json, const std::string& place, JsonFaults& faults) {
    JsonFields fields(json, place, faults);
    return {.address = read_address(fields),
            .port = static_cast<std::uint16_t>(fields.integer("port", 1, UINT16_MAX))};
}

ntp::LastExchange read_exchange(const Json& json, const std::string& place, JsonFaults& faults) {
    JsonFields fields(json, place, faults);
    ntp::LastExchange exchange;
    exchange.with.host = fields.text("host");
    if (fields.has("address")) exchange.with.address = read_address(fields);
    exchange.at = fields.instant("at");
    exchange.failures = static_cast<int>(fields.integer("failures", 0, INT_MAX));
    exchange.report = read_report(fields.inner("report"), fields.place_of("report"), faults);
    if (fields.has("asked")) {
        exchange.asked = read_endpoint(fields.inner("asked"), fields.place_of("asked"), faults);
    }
    return exchange;
}

ntp::Spent read_spent(const Json& json, const std::string& place, JsonFaults& faults) {
    JsonFields fields(json, place, faults);
    return {.address = read_address(fields),
            .series_began = fields.instant("series_began"),
            .last = fields.instant("last"),
            .sent = static_cast<int>(fields.integer("sent", 0, INT_MAX))};
}

Confirmation read_confirmation(const Json& json, JsonFaults& faults) {
    JsonFields fields(json, "confirmation", faults);
    return {.present = fields.texts("present"),
            .at = fields.instant("at"),
            .runs = static_cast<int>(fields.integer("runs", 0, INT_MAX))};
}

Search read_search(const Json& json, JsonFaults& faults) {
    JsonFields fields(json, "search", faults);
    Search search{.at = fields.instant("at"), .asked = {}};
    fields.each("asked", [&](const Json& asked, const std::string& place) {
        JsonFields one(asked, place, faults);
        search.asked.push_back({.host = one.text("host"),
                                .address = {},
                                .chosen = one.has("chosen") && one.boolean("chosen")});
        if (one.has("address")) search.asked.back().address = read_address(one);
    });
    return search;
}

/// What `read` makes of it, if it is understood; what is wrong with it is told.
template <class Read>
auto understood(Read read, JsonFaults& faults) {
    JsonFaults wrong;
    auto one = std::optional(read(wrong));
    if (!wrong.empty()) one.reset();
    std::ranges::move(wrong, std::back_inserter(faults));
    return one;
}

template <class T, class Read>
std::vector<T> read_each(const Json& list, const char* key, Read read, JsonFaults& faults) {
    std::vector<T> all;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto place = fmt::format("{}[{}]", key, i);
        if (auto one = understood([&](auto& wrong) { return read(list[i], place, wrong); }, faults))
            all.push_back(std::move(*one));
    }
    return all;
}

/// The list of this name; `needed`: it must be there.
const Json* list_of(const Json& json, const char* key, bool needed) {
    static const Json none = Json::array();
    const auto found = json.find(key);
    if (found == json.end()) return needed ? nullptr : &none;
    return found->is_array() ? &*found : nullptr;
}

}  // namespace

Json memory_to_json(const Memory& memory) {
    auto spent = Json::array(), series = Json::array();
    for (const auto& one : newest(memory.spent, &ntp::Spent::last))
        spent.push_back({{"address", to_string(one.address)},
                         {"series_began", rfc3339(one.series_began, true)},
                         {"last", rfc3339(one.last, true)},
                         {"sent", one.sent}});
    for (const auto& one : newest(memory.series, &RememberedSeries::at))
        series.push_back(series_to_json(one));
    Json json{{"clockwright_memory", memory_format},
              {"spent", std::move(spent)},
              {"series", std::move(series)},
              {"confirmation",
               {{"present", memory.confirmation.present},
                {"at", rfc3339(memory.confirmation.at, true)},
                {"runs", memory.confirmation.runs}}}};
    for (const auto& one : newest(memory.exchanges, &ntp::LastExchange::at))
        json["exchanges"].push_back(exchange_to_json(one));
    if (memory.search) json["search"] = search_to_json(*memory.search);
    return json;
}

std::optional<Memory> memory_from_json(const Json& json, JsonFaults& faults) {
    if (!json.is_object()) return std::nullopt;
    const Json* spent = list_of(json, "spent", true);
    const Json* exchanges = list_of(json, "exchanges", false);
    if (spent == nullptr || exchanges == nullptr) return std::nullopt;
    Memory memory;
    memory.spent = read_each<ntp::Spent>(*spent, "spent", read_spent, faults);
    memory.exchanges = read_each<ntp::LastExchange>(*exchanges, "exchanges", read_exchange, faults);
    if (const Json* series = list_of(json, "series", false))
        memory.series = read_each<RememberedSeries>(*series, "series", read_series, faults);
    JsonFields fields(json, {}, faults);
    fields.integer("clockwright_memory", memory_format, memory_format);
    const auto confirmation = [&](JsonFaults& wrong) {
        return read_confirmation(fields.inner("confirmation"), wrong);
    };
    const auto search = [&](JsonFaults& wrong) {
        return read_search(fields.inner("search"), wrong);
    };
    if (auto one = understood(confirmation, faults)) memory.confirmation = std::move(*one);
    if (fields.has("search")) memory.search = understood(search, faults);
    return memory;
}

}  // namespace clockwright::store
