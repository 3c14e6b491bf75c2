#include "watch/silence.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/json_fields.h"
#include "time/spell.h"
#include "watch/rule.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

constexpr int format = 1;

}  // namespace

const Silence* silence_of(std::span<const Silence> silences, const Alert& alert, WallTime now) {
    const auto found = std::ranges::find_if(silences, [&](const Silence& silence) {
        return silence.from <= now && now < silence.until && matches(silence.rule, alert.rule) &&
               is_about(silence.server, alert.subject);
    });
    return found == silences.end() ? nullptr : &*found;
}

std::string silences_json(std::span<const Silence> silences) {
    Json rows = Json::array();
    for (const Silence& silence : silences) {
        rows.push_back({{"number", silence.number},
                        {"rule", silence.rule},
                        {"server", silence.server},
                        {"from", rfc3339(silence.from)},
                        {"until", rfc3339(silence.until)},
                        {"reason", silence.reason},
                        {"by", silence.by}});
    }
    const Json document{{"format", format}, {"silences", std::move(rows)}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<std::vector<Silence>> read_silences(std::string_view text) {
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) return fail(Fault::bad_input, "the silences are no JSON");
    JsonFaults faults;
    JsonFields fields(json, "", faults);
    const auto written = fields.integer("format", 1, 1'000'000);
    if (written > format)
        return fail(Fault::bad_input,
                    fmt::format("the silences are of a newer version ({})", written));
    std::vector<Silence> silences;
    fields.each("silences", [&](const Json& row, const std::string& place) {
        JsonFields one(row, place, faults);
        Silence silence;
        silence.number = static_cast<int>(one.integer("number", 1, 1'000'000'000));
        silence.rule = one.text("rule");
        silence.server = one.text("server");
        silence.from = one.instant("from");
        silence.until = one.instant("until");
        silence.reason = one.text("reason");
        silence.by = one.text("by");
        one.close();
        silences.push_back(std::move(silence));
    });
    fields.close();
    if (!faults.empty())
        return fail(Fault::bad_input,
                    fmt::format("the silences are damaged: {}", fmt::join(faults, "; ")));
    return silences;
}

int add_silence(std::vector<Silence>& silences, Silence silence, WallTime now) {
    silence.number = 1;
    for (const Silence& other : silences) {
        silence.number = std::max(silence.number, other.number + 1);
    }
    std::erase_if(silences, [now](const Silence& other) { return other.until <= now; });
    silences.push_back(std::move(silence));
    return silences.back().number;
}

}  // namespace clockwright
