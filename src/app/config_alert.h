/// The tables of the configuration that are no plain keys: rules, and with them all that is shown
/// of tables.
#pragma once

#include <toml++/toml.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/config.h"

namespace clockwright::app {

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
