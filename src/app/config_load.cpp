#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "app/config.h"
#include "app/environment.h"
#include "app/service_places.h"
#include "system/local_host.h"

namespace clockwright::app {
namespace {

/// Where state lives when no file says it: the service's place, the system's for root, the user's
/// own otherwise.
std::string default_state_directory() {
    // What systemd made for this service; behind a link when the service has a user of its own.
    if (const char* made = std::getenv("STATE_DIRECTORY"); made != nullptr && *made == '/') {
        std::error_code error;
        const auto place = std::filesystem::canonical(made, error);
        if (!error) return place.string();
    }
    if (system::is_root()) return system_state;
    const char* state_home = std::getenv("XDG_STATE_HOME");
    if (state_home != nullptr && *state_home == '/')
        return std::string(state_home) + "/clockwright";
    const char* home = std::getenv("HOME");
    if (home != nullptr && *home == '/') return std::string(home) + "/.local/state/clockwright";
    return system_state;
}

}  // namespace

Result<Config> load_config(const std::string& path) {
    const std::string main_file = path.empty() ? default_config_file : path;
    const system::LocalHost host;
    std::vector<ConfigText> texts;
    const bool exists = !host.glob(main_file).empty();
    if (exists || !path.empty()) {
        auto text = system::read_trusted(main_file);
        if (!text) return std::unexpected(text.error());
        texts.push_back({main_file, std::move(*text)});
    }
    for (const std::string& drop_in : host.list(main_file + ".d", ".toml")) {
        texts.push_back({drop_in, TRY(system::read_trusted(drop_in))});
    }
    const auto variable = [](const char* name) { return std::getenv(name); };
    EnvironmentTexts environment = environment_texts(variable, texts);
    std::ranges::move(environment.texts, std::back_inserter(texts));
    Config config = TRY(read_config(texts));
    config.remarks = std::move(environment.remarks);
    settle_environment(config, variable);
    if (!config.is_set("state.directory")) config.state.directory = default_state_directory();
    return config;
}

bool keep_places(Config& config, const Config& running) {
    const bool differs = config.state.directory != running.state.directory ||
                         config.agent.listen != running.agent.listen;
    config.state.directory = running.state.directory;
    config.agent.listen = running.agent.listen;
    for (const char* key : {"state.directory", "agent.listen"}) {
        config.origins.erase(key);
        if (running.is_set(key)) config.origins[key] = running.origins.at(key);
    }
    return differs;
}

}  // namespace clockwright::app
