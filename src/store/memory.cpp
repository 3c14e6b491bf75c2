#include "store/memory.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <climits>

#include "daemon/json_fields.h"
#include "ntp/nts_keys.h"
#include "store/durable_file.h"
#include "time/spell.h"

namespace clockwright::store {
namespace {

using Json = nlohmann::ordered_json;

constexpr int memory_format = 1;
constexpr auto last_rejection = static_cast<std::int64_t>(Rejection::nts_nak);
constexpr auto last_failure = static_cast<std::int64_t>(NtsFailure::unauthenticated);

std::string file_in(const std::string& state_directory) {
    return state_directory + "/memory.json";
}

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

Json memory_to_json(const Memory& memory) {
    auto spent = Json::array(), series = Json::array();
    for (const auto& one : memory.spent)
        spent.push_back({{"address", to_string(one.address)},
                         {"series_began", rfc3339(one.series_began, true)},
                         {"last", rfc3339(one.last, true)},
                         {"sent", one.sent}});
    for (const auto& one : memory.series) series.push_back(series_to_json(one));
    Json json{{"clockwright_memory", memory_format},
              {"spent", std::move(spent)},
              {"series", std::move(series)},
              {"confirmation",
               {{"present", memory.confirmation.present},
                {"at", rfc3339(memory.confirmation.at, true)},
                {"runs", memory.confirmation.runs}}}};
    for (const auto& one : memory.exchanges) json["exchanges"].push_back(exchange_to_json(one));
    if (memory.search) json["search"] = search_to_json(*memory.search);
    return json;
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
    fields.close();
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
    fields.close();
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
    fields.close();
    return report;
}

Endpoint read_endpoint(const Json& json, const std::string& place, JsonFaults& faults) {
    JsonFields fields(json, place, faults);
    const Endpoint endpoint{
        .address = read_address(fields),
        .port = static_cast<std::uint16_t>(fields.integer("port", 1, UINT16_MAX))};
    fields.close();
    return endpoint;
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
    fields.close();
    return exchange;
}

ntp::Spent read_spent(const Json& json, const std::string& place, JsonFaults& faults) {
    JsonFields fields(json, place, faults);
    ntp::Spent spent{.address = read_address(fields),
                     .series_began = fields.instant("series_began"),
                     .last = fields.instant("last"),
                     .sent = static_cast<int>(fields.integer("sent", 0, INT_MAX))};
    fields.close();
    return spent;
}

Confirmation read_confirmation(const Json& json, JsonFaults& faults) {
    JsonFields fields(json, "confirmation", faults);
    Confirmation confirmation{.present = fields.texts("present"),
                              .at = fields.instant("at"),
                              .runs = static_cast<int>(fields.integer("runs", 0, INT_MAX))};
    fields.close();
    return confirmation;
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
        one.close();
    });
    fields.close();
    return search;
}

Memory read_memory(const Json& json, JsonFaults& faults) {
    JsonFields fields(json, {}, faults);
    Memory memory;
    fields.integer("clockwright_memory", memory_format, memory_format);
    fields.each("spent", [&](const Json& spent, const std::string& place) {
        memory.spent.push_back(read_spent(spent, place, faults));
    });
    fields.each("series", [&](const Json& series, const std::string& place) {
        memory.series.push_back(read_series(series, place, faults));
    });
    if (fields.has("exchanges")) {
        fields.each("exchanges", [&](const Json& exchange, const std::string& place) {
            memory.exchanges.push_back(read_exchange(exchange, place, faults));
        });
    }
    memory.confirmation = read_confirmation(fields.inner("confirmation"), faults);
    if (fields.has("search")) memory.search = read_search(fields.inner("search"), faults);
    fields.close();
    return memory;
}

}  // namespace

const RememberedSeries* find_series(const std::vector<RememberedSeries>& series,
                                    const Endpoint& endpoint, bool nts) {
    const RememberedSeries* found = nullptr;
    for (const RememberedSeries& one : series) {
        if (one.endpoint == endpoint && one.nts == nts) return &one;
        if (one.endpoint == endpoint && one.nts) found = &one;
    }
    return found;
}

Memory load(const std::string& state_directory, std::string* remark) {
    const auto path = file_in(state_directory);
    const auto forget = [&](const std::string& why) {
        if (remark) *remark = fmt::format("what was remembered is lost: {}", why);
        return Memory{};
    };
    bool missing = false;
    const auto text = read_file(path, &missing);
    if (missing) return {};
    if (!text) return forget(text.error().message);
    const auto json = Json::parse(*text, nullptr, false);
    if (json.is_discarded()) return forget(path + " is no JSON document");
    JsonFaults faults;
    auto memory = read_memory(json, faults);
    if (!faults.empty()) return forget(fmt::format("{}: {}", path, fmt::join(faults, "; ")));
    return memory;
}

Result<void> save(const std::string& state_directory, const Memory& memory) {
    if (auto made = make_private_directory(state_directory); !made) return made;
    const auto text = memory_to_json(memory).dump(1, ' ', false, Json::error_handler_t::replace);
    return replace_file(file_in(state_directory), text + "\n");
}

Result<Lock> hold_memory(const std::string& state_directory) {
    TRY(make_private_directory(state_directory));
    return Lock::await(file_in(state_directory) + ".lock");
}

Result<void> change_memory(const std::string& state_directory,
                           const std::function<void(Memory&)>& change) {
    const Lock alone = TRY(hold_memory(state_directory));
    Memory memory = load(state_directory, nullptr);
    change(memory);
    return save(state_directory, memory);
}

}  // namespace clockwright::store
