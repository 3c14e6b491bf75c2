/// The table of all keys: one row each, with its type, its limits and where it is stored.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "app/config.h"

namespace clockwright::app {

/// What a value may be, as TOML gives it.
using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

struct Key {
    std::string section, name;
    std::string comment;  ///< for `config init`
    /// Stores the value; gives what is wrong with it, or nothing.
    std::function<std::string(Config&, const Value&)> store;
    /// As TOML text.
    std::function<std::string(const Config&)> show;

    std::string path() const { return section + "." + name; }
};

const std::vector<Key>& config_keys();

/// Those of `[metrics]`, `[files]` and `[influx]`; a part of the table.
std::vector<Key> sink_keys();

}  // namespace clockwright::app
