/// The tables of the configuration that say where alerts are sent.
#pragma once

#include <toml++/toml.h>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/config.h"

namespace clockwright::app {

std::string_view to_string(HookKind kind);  ///< "slack", "discord", "ntfy", "webhook"

/// `exec`, `alertmanager`, `mail` and the hooks, of the section `alert`.
bool is_channel_table(std::string_view section, std::string_view name);

/// Reads one of them over the settings; a later file replaces it whole.
void read_channel_table(Config& config, const std::string& file, std::string_view name,
                        const toml::node& node, std::vector<std::string>& faults);

/// What is set of these, by name, for `config show`.
std::vector<std::pair<std::string, nlohmann::ordered_json>> shown_channels(
    const ChannelSettings& channels);

}  // namespace clockwright::app
