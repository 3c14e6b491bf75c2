#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/daemon_kind.h"
#include "publish/history_at.h"
#include "publish/table.h"
#include "time/spell.h"
#include "version.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

template <class Value>
Json or_null(const std::optional<Value>& value) {
    return value ? Json(value->count()) : Json(nullptr);
}

Json or_null(const std::optional<WallTime>& at) {
    return at ? Json(rfc3339(*at, true)) : Json(nullptr);
}

/// "4 s before and 12 s after".
std::string measured_when(const AtAnswer& answer) {
    std::string text = "measured " + spell_age(Seconds(answer.at - answer.before->at)) + " before";
    if (answer.after)
        return text + " and " + spell_age(Seconds(answer.after->at - answer.at)) + " after";
    return text + ", nothing after it yet";
}

std::string program_of(const std::string& daemon) {
    const auto kind = parse_daemon_kind(daemon);
    return kind ? std::string(traits_of(*kind).program) : daemon;
}

std::string agreement(const ClockRow& look) {
    std::string text;
    if (!look.daemon.empty()) text += "; " + printable(program_of(look.daemon));
    if (look.judged > 0) text += fmt::format(", {} of {} agreeing", look.agreeing, look.judged);
    if (look.authenticated && *look.authenticated > 0)
        text += fmt::format(", {} by NTS", *look.authenticated);
    return text;
}

std::string conclusion(const AtAnswer& answer) {
    if (!answer.demonstrated)
        return fmt::format("Not demonstrated: {}.", printable(answer.why_not));
    const std::string numbers = fmt::format(
        "offset {}, UTC within {}", spell_signed(*answer.offset), spell_bound(*answer.bound));
    if (answer.by_the_hour)
        return fmt::format("{} at each of the {} looks of that hour (its raw rows are gone)",
                           numbers, answer.looks_of_hour);
    return fmt::format("{} ({}){}", numbers, measured_when(answer), agreement(*answer.before));
}

std::string steps_text(const AtAnswer& answer) {
    if (answer.steps.empty()) return "no step recorded within 24 h";
    std::string text = fmt::format("{} step{} within 24 h:", answer.steps.size(),
                                   answer.steps.size() == 1 ? "" : "s");
    for (const EventRow& step : answer.steps)
        text +=
            fmt::format("{} {} at {}", &step == &answer.steps.front() ? "" : ",",
                        step.size ? spell_signed(*step.size) : "of unknown size", rfc3339(step.at));
    return text;
}

std::string configuration_text(const AtAnswer& answer) {
    if (!answer.configuration) return "no change by Clockwright was in force";
    return fmt::format("configuration {} in force since {}", printable(answer.configuration->id),
                       rfc3339(answer.configuration->since));
}

std::string next_step(const AtAnswer& answer) {
    if (answer.configuration)
        return fmt::format("Next: clockwright history show {}\n",
                           printable(answer.configuration->id));
    return fmt::format("Next: clockwright history events --from {} --to {}\n",
                       rfc3339(answer.at - std::chrono::hours(1)),
                       rfc3339(answer.at + std::chrono::hours(1)));
}

Json look_of(const std::optional<ClockRow>& look, WallTime at) {
    if (!look) return nullptr;
    return {{"at", rfc3339(look->at, true)},
            {"distance_seconds", Seconds(look->at - at).count()},
            {"offset_seconds", or_null(look->offset)},
            {"bound_seconds", or_null(look->bound)},
            {"demonstrated", look->demonstrated}};
}

Json gap_of(const AtAnswer& answer) {
    if (!answer.gap) return nullptr;
    return {{"from", or_null(answer.gap->from)},
            {"to", or_null(answer.gap->to)},
            {"reason", answer.gap->reason.empty() ? Json(nullptr) : Json(answer.gap->reason)}};
}

}  // namespace

std::string at_text(const AtAnswer& answer) {
    return wrap(conclusion(answer), 0) +
           wrap(fmt::format("{}; {}", steps_text(answer), configuration_text(answer)), 0) +
           next_step(answer);
}

std::string at_json(const AtAnswer& answer) {
    auto steps = Json::array();
    for (const EventRow& step : answer.steps)
        steps.push_back({{"at", rfc3339(step.at, true)},
                         {"size_seconds", or_null(step.size)},
                         {"text", step.text}});
    Json configuration = nullptr;
    if (answer.configuration)
        configuration = {{"id", answer.configuration->id},
                         {"since", rfc3339(answer.configuration->since)}};
    const auto count = [&](int ClockRow::* member) {
        return answer.demonstrated && answer.before ? Json((*answer.before).*member)
                                                    : Json(nullptr);
    };
    const Json json{{"clockwright", version},
                    {"at", rfc3339(answer.at, true)},
                    {"demonstrated", answer.demonstrated},
                    {"offset_seconds", or_null(answer.offset)},
                    {"bound_seconds", or_null(answer.bound)},
                    {"resolution", answer.by_the_hour ? "hour" : "raw"},
                    {"before", look_of(answer.before, answer.at)},
                    {"after", look_of(answer.after, answer.at)},
                    {"agreeing", count(&ClockRow::agreeing)},
                    {"judged", count(&ClockRow::judged)},
                    {"gap", gap_of(answer)},
                    {"steps", std::move(steps)},
                    {"configuration", std::move(configuration)},
                    {"sentence", conclusion(answer)}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace clockwright
