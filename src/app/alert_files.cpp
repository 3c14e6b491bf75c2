#include "app/alert_files.h"

#include <fmt/format.h>

#include "app/agent_files.h"
#include "store/durable_file.h"
#include "store/lock.h"
#include "system/act_as.h"
#include "watch/rule_table.h"

namespace clockwright::app {
namespace {

Error about(const std::string& path, const Error& error, std::string_view cure) {
    return {error.fault, fmt::format("{}: {}; {}", path, error.message, cure)};
}

}  // namespace

std::string alerts_file(const Config& config) {
    return agent_directory(config) + "/alerts.json";
}

std::string silences_file(const Config& config) {
    return agent_directory(config) + "/silences.json";
}

std::string deliveries_file(const Config& config) {
    return config.state.directory + "/deliveries.json";
}

Result<std::optional<SavedAlerts>> load_alerts(const Config& config, Now now) {
    const auto owner = TRY(system::ActAsOwner::of(agent_directory(config)));
    const std::string path = alerts_file(config);
    bool missing = false;
    const auto text = store::read_file(path, &missing);
    if (missing) return std::nullopt;
    if (!text) return std::unexpected(text.error());
    auto saved = read_alert_book(*text, now);
    if (!saved) return std::unexpected(about(path, saved.error(), "the agent begins a new one"));
    return std::optional{std::move(*saved)};
}

Result<std::vector<Silence>> load_silences(const Config& config) {
    const auto owner = TRY(system::ActAsOwner::of(agent_directory(config)));
    const std::string path = silences_file(config);
    bool missing = false;
    const auto text = store::read_own_file(path, &missing);
    if (missing) return std::vector<Silence>{};
    if (!text) return std::unexpected(text.error());
    auto silences = read_silences(*text);
    if (!silences)
        return std::unexpected(about(path, silences.error(), "mend it, or move it away"));
    return silences;
}

Result<void> change_silences(const Config& config,
                             const std::function<Result<void>(std::vector<Silence>&)>& change) {
    const std::string place = agent_directory(config);
    const auto owner = TRY(system::ActAsOwner::of(place));
    TRY(store::make_private_directory(place));
    const std::string path = silences_file(config);
    const store::Lock alone = TRY(store::Lock::await(path + ".lock"));
    std::vector<Silence> silences = TRY(load_silences(config));
    TRY(change(silences));
    return store::replace_file(path, silences_json(silences));
}

std::vector<Rule> rules_of(const Config& config) {
    const auto host = parse_rule_class(config.alert.host_class);
    return rules_in_force(host.value_or(RuleClass::leaf), config.rules);
}

}  // namespace clockwright::app
