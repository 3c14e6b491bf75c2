#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/plan.h"
#include "daemon/plan_json.h"
#include "time/spell.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

std::string hex_of(std::string_view bytes) {
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char byte : bytes) {
        fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned char>(byte));
    }
    return text;
}

/// Text as it is; bytes that are no UTF-8 as {"hex": …}, so that a file comes back byte for byte.
Json bytes_to_json(const std::string& bytes) {
    const auto replaced = Json(bytes).dump(-1, ' ', false, Json::error_handler_t::ignore);
    if (Json::parse(replaced).get_ref<const std::string&>() == bytes) return bytes;
    return {{"hex", hex_of(bytes)}};
}

/// `content` is left out where it was dropped: a file that the plan only rests on.
Json file_to_json(const FileState& file, bool with_content) {
    Json json{{"path", file.path}, {"exists", file.exists}, {"sha256", file.sha256},
              {"mode", file.mode}, {"uid", file.uid},       {"gid", file.gid}};
    if (with_content) json["content"] = bytes_to_json(file.content);
    return json;
}

struct ActionWriter {
    Json operator()(const WriteFile& write) const {
        return {{"do", action_words::write},
                {"before", file_to_json(write.before, true)},
                {"after", file_to_json(write.after, true)}};
    }
    Json operator()(const ReloadSources&) const { return {{"do", action_words::reload}}; }
    Json operator()(const DeleteSource& gone) const {
        return {{"do", action_words::remove},
                {"name", gone.name},
                {"address", to_string(gone.address)}};
    }
    Json operator()(const AddSource& added) const {
        return {{"do", action_words::add}, {"line", added.line}};
    }
    Json operator()(const RestartDaemon& restart) const {
        return {{"do", action_words::restart}, {"argv", restart.argv}};
    }
};

Json actions_to_json(const std::vector<Action>& actions) {
    auto json = Json::array();
    for (const auto& action : actions) json.push_back(std::visit(ActionWriter{}, action));
    return json;
}

Json expectation_to_json(const Expectation& expectation) {
    auto sources = Json::array();
    for (const auto& source : expectation.sources)
        sources.push_back({{"name", source.name},
                           {"added", source.added},
                           {"kept_foreign", source.kept_foreign},
                           {"pool", source.pool},
                           {"leaving", source.leaving},
                           {"may_be_absent", source.may_be_absent},
                           {"authentication", to_string(source.authentication)}});
    return {{"sources", std::move(sources)},
            {"exactly", expectation.exactly},
            {"minimum", expectation.minimum},
            {"proof_only", expectation.proof_only}};
}

Json steps_to_json(const std::vector<Step>& steps) {
    auto json = Json::array();
    for (const auto& step : steps)
        json.push_back({{"title", step.title},
                        {"actions", actions_to_json(step.actions)},
                        {"undo", actions_to_json(step.undo)},
                        {"expect", expectation_to_json(step.expect)}});
    return json;
}

Json ground_to_json(const std::vector<FileState>& files) {
    auto json = Json::array();
    for (const auto& file : files) json.push_back(file_to_json(file, false));
    return json;
}

}  // namespace

std::string plan_to_json(const Plan& plan) {
    Json json{{"clockwright_plan", plan_format},
              {"id", plan.id},
              {"made_at", rfc3339(plan.made_at, true)},
              {"daemon", plan.daemon},
              {"config_file", plan.config_file},
              {"control", plan.control},
              {"change", plan.change},
              {"restart", plan.restart},
              {"reason", plan.reason},
              {"gain", plan.gain ? Json(*plan.gain) : Json(nullptr)},
              {"confirmations", {plan.confirmations_have, plan.confirmations_need}},
              {"add", plan.add},
              {"remove", plan.remove},
              {"keep", plan.keep},
              {"taken_over", plan.taken_over},
              {"notes", plan.notes},
              {"diff", bytes_to_json(plan.diff)},
              {"packets_planned", plan.packets_planned},
              {"steps", steps_to_json(plan.steps)},
              {"rests_on", ground_to_json(plan.rests_on)},
              {"daemon_sources", plan.daemon_sources},
              {"before", expectation_to_json(plan.before)}};
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace clockwright
