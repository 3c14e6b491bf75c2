/// Settings from environment variables, as texts that are read after the files.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/config.h"

namespace clockwright::app {

/// Null: not set.
using Variable = std::function<const char*(const char*)>;

/// `CLOCKWRIGHT_SECTION_KEY` for every key (a TOML value, or a text without quotes), and the names
/// of NTP Monitor: INFLUX_URL, INFLUX_ORG, INFLUX_BUCKET, NTP_SERVER (a server to watch) and
/// POLLING_INTERVAL (seconds: half an hour and more is lazy). One text each, whose `file` is
/// "environment NAME".
std::vector<ConfigText> environment_texts(const Variable& variable);

/// Origins of such texts without a line, and INFLUX_TOKEN, which is a secret and no key.
void settle_environment(Config& config, const Variable& variable);

}  // namespace clockwright::app
