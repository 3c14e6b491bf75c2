/// A TOML value as text on one line.
#pragma once

#include <toml++/toml.h>
#include <string>

namespace clockwright {

/// "{ min = 4, max = 10 }"; reads back as the same value. Empty for dates and times.
std::string toml_literal(const toml::node& node);
std::string toml_key(std::string_view key);
std::string toml_text(std::string_view text);

}  // namespace clockwright
