#include "watch/delivery_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "watch/alert_json.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

constexpr int format = 1;

}  // namespace

std::string waiting_alerts_json(const WaitingAlerts& waiting) {
    Json rows = Json::array();
    for (const auto& [channel, alerts] : waiting) {
        for (const Alert& alert : alerts) {
            Json row{{"channel", channel}};
            row.update(alert_json(alert));
            rows.push_back(std::move(row));
        }
    }
    const Json document{{"format", format}, {"waiting", std::move(rows)}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<WaitingAlerts> read_waiting_alerts(std::string_view text) {
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) return fail(Fault::bad_input, "it is no JSON");
    JsonFaults faults;
    JsonFields fields(json, "", faults);
    fields.integer("format", 1, format);
    WaitingAlerts waiting;
    fields.each("waiting", [&](const Json& row, const std::string& where) {
        JsonFields one(row, where, faults);
        const std::string channel = one.text("channel");
        waiting[channel].push_back(read_alert(one));
        one.close();
    });
    fields.close();
    if (faults.empty()) return waiting;
    faults.resize(std::min<std::size_t>(faults.size(), 5));
    return fail(Fault::bad_input, fmt::format("{}", fmt::join(faults, "; ")));
}

}  // namespace clockwright
