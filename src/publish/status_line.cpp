#include "publish/status_line.h"

#include <nlohmann/json.hpp>

#include "time/spell.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

Json peer(const DaemonSource& source) {
    return {{"name", source.name},
            {"address", source.address ? Json(to_string(*source.address)) : Json(nullptr)},
            {"state", std::string(1, source.state)},
            {"stratum", source.stratum},
            {"reach", source.reach},
            {"offset_seconds", source.last_sample ? Json(source.offset.count()) : Json(nullptr)}};
}

}  // namespace

std::string status_line(const Snapshot& snapshot) {
    const StatusReport& status = snapshot.status;
    const auto& state = status.facts.state;
    const auto& bound = status.verdict.bound;
    Json frequency;
    if (state && state->tracking.frequency) frequency = state->tracking.frequency->value;
    Json line{{"timestamp", rfc3339(snapshot.at)},
              {"demonstrated", status.verdict.demonstrated},
              {"offset_seconds", bound ? Json(bound->offset.count()) : Json(nullptr)},
              {"bound_seconds", bound ? Json(bound->total().count()) : Json(nullptr)},
              {"frequency_ppm", frequency},
              {"stratum", state ? Json(state->tracking.stratum) : Json(nullptr)},
              {"service", status.daemon_text},
              {"sentence", status.verdict.sentence},
              {"peers", Json::array()}};
    if (state) {
        for (const DaemonSource& source : state->sources) line["peers"].push_back(peer(source));
    }
    return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace clockwright
