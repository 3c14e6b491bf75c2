#include "store/state_json.h"

#include <climits>

#include "time/spell.h"

namespace clockwright::store {
namespace {

using Json = nlohmann::ordered_json;

Json address_to_json(const std::optional<IpAddress>& address) {
    return address ? Json(to_string(*address)) : Json(nullptr);
}

std::optional<IpAddress> address_from_json(JsonFields& fields, std::string_view key) {
    const auto& json = fields.inner(key);
    if (!json.is_string()) {
        if (!json.is_null()) fields.fault(key, "must be an address or null");
        return std::nullopt;
    }
    const auto address = parse_address(json.get_ref<const std::string&>());
    if (!address) fields.fault(key, "is no address");
    return address;
}

Seconds seconds_from_json(JsonFields& fields, std::string_view key) {
    return Seconds{fields.number_or_null(key).value_or(0)};
}

Json source_to_json(const DaemonSource& source) {
    return {{"name", source.name},
            {"address", address_to_json(source.address)},
            {"refclock", source.refclock},
            {"refid", source.refid},
            {"poll", source.poll},
            {"state", std::string(1, source.state)},
            {"samples", source.samples ? Json(*source.samples) : Json(nullptr)}};
}

DaemonSource source_from_json(const Json& json, const std::string& place, JsonFaults& faults) {
    JsonFields fields(json, place, faults);
    DaemonSource source;
    source.name = fields.text("name");
    source.address = address_from_json(fields, "address");
    source.refclock = fields.boolean("refclock");
    source.refid = static_cast<std::uint32_t>(fields.integer("refid", 0, UINT32_MAX));
    source.poll = static_cast<int>(fields.integer("poll", -32, 32));
    if (const auto state = fields.text("state"); state.size() == 1)
        source.state = state.front();
    else
        fields.fault("state", "must be one letter");
    if (fields.has("samples") && !json.find("samples")->is_null())
        source.samples = static_cast<int>(fields.integer("samples", 0, INT_MAX));
    else
        fields.inner("samples");
    fields.close();
    return source;
}

}  // namespace

Json state_to_json(const DaemonState& state) {
    const auto& tracking = state.tracking;
    auto sources = Json::array();
    for (const auto& source : state.sources) sources.push_back(source_to_json(source));
    return {{"read_at", rfc3339(state.read_at, true)},
            {"complete", state.complete},
            {"refid", tracking.refid},
            {"reference", address_to_json(tracking.reference)},
            {"stratum", tracking.stratum},
            {"leap", static_cast<int>(tracking.leap)},
            {"reference_time", rfc3339(tracking.reference_time, true)},
            {"offset_seconds", tracking.offset.count()},
            {"root_delay_seconds", tracking.root_delay.count()},
            {"root_dispersion_seconds", tracking.root_dispersion.count()},
            {"sources", std::move(sources)}};
}

DaemonState state_from_json(const Json& json, const std::string& place, JsonFaults& faults) {
    JsonFields fields(json, place, faults);
    DaemonState state;
    auto& tracking = state.tracking;
    state.read_at = fields.instant("read_at");
    state.complete = fields.boolean("complete");
    tracking.refid = static_cast<std::uint32_t>(fields.integer("refid", 0, UINT32_MAX));
    tracking.reference = address_from_json(fields, "reference");
    tracking.stratum = static_cast<int>(fields.integer("stratum", 0, 255));
    tracking.leap = static_cast<Leap>(fields.integer("leap", 0, 3));
    tracking.reference_time = fields.instant("reference_time");
    tracking.offset = seconds_from_json(fields, "offset_seconds");
    tracking.root_delay = seconds_from_json(fields, "root_delay_seconds");
    tracking.root_dispersion = seconds_from_json(fields, "root_dispersion_seconds");
    fields.each("sources", [&](const Json& source, const std::string& where) {
        state.sources.push_back(source_from_json(source, where, faults));
    });
    fields.close();
    return state;
}

}  // namespace clockwright::store
