#include "publish/checklist_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "publish/table.h"
#include "time/spell.h"
#include "version.h"

namespace clockwright {

std::string checklist_text(const std::vector<ChecklistStep>& steps, bool colour) {
    const auto done = std::ranges::count(steps, true, &ChecklistStep::done);
    std::string out = fmt::format("{} of {} steps are done.\n", done, steps.size());
    for (const ChecklistStep& step : steps) {
        const Tone tone = step.done ? Tone::good : Tone::warning;
        std::string text = wrap(printable(step.what), 7);
        text.replace(2, 4, step.done ? "done" : "open");
        out += toned(text, colour ? tone : Tone::plain);
        if (!step.done) out += wrap(printable(step.to_do), 9);
    }
    const auto next = std::ranges::find(steps, false, &ChecklistStep::done);
    return out + "Next: " + (next == steps.end() ? "clockwright status" : printable(next->to_do)) +
           "\n";
}

std::string checklist_json(const std::vector<ChecklistStep>& steps) {
    nlohmann::ordered_json json{{"clockwright", version}, {"complete", true}, {"steps", {}}};
    json["steps"] = nlohmann::ordered_json::array();
    for (const ChecklistStep& step : steps) {
        if (!step.done) json["complete"] = false;
        json["steps"].push_back(
            {{"id", step.id},
             {"done", step.done},
             {"what", step.what},
             {"to_do", step.done ? nlohmann::ordered_json() : nlohmann::ordered_json(step.to_do)}});
    }
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace clockwright
