/// The tables of the configuration that are no plain keys: alert channels and rules.
#pragma once

#include <toml++/toml.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/config.h"

namespace clockwright::app {

/// `exec` and `alertmanager` of the section `alert`.
bool is_channel_table(std::string_view section, std::string_view name);

/// Reads one of them over the settings; a later file replaces it whole.
void read_channel_table(Config& config, const std::string& file, std::string_view name,
                        const toml::node& node, std::vector<std::string>& faults);

/// Reads the `[[rule]]` tables of a text that is TOML.
void read_rules(Config& config, const std::string& file, std::string_view text,
                std::vector<std::string>& faults);

/// What is set of these, for `config show`: "alert.exec", "alert.alertmanager", "rule.NAME".
struct ShownTable {
    std::string path;
    nlohmann::ordered_json value;
};
std::vector<ShownTable> shown_tables(const Config& config);

/// The value on one line, as TOML.
std::string inline_toml(const nlohmann::ordered_json& value);

/// What `config init` says of them, every line a comment.
std::string tables_template();

}  // namespace clockwright::app
