/// Settings from environment variables, as texts that are read after the files.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config.h"

namespace clockwright::app {

/// Of our own variables.
inline constexpr std::string_view variable_prefix = "CLOCKWRIGHT_";
/// "CLOCKWRIGHT_STATE_DIRECTORY" of "state.directory".
std::string variable_of(std::string_view path);

/// Null: not set.
using Variable = std::function<const char*(const char*)>;

struct EnvironmentTexts {
    std::vector<ConfigText> texts;     ///< one for each variable: its `file` is "environment NAME"
    std::vector<std::string> remarks;  ///< what is not used, and why
};

/// `CLOCKWRIGHT_SECTION_KEY` for every key (a TOML value, or a text without quotes), and the names
/// of NTP Monitor: INFLUX_URL, INFLUX_ORG, INFLUX_BUCKET, NTP_SERVER (servers to watch, with commas
/// between them), LOG_LEVEL and POLLING_INTERVAL (seconds, or "5m": half an hour and more is lazy).
/// Other programs have those too: what makes no good configuration of `files` and our own variables
/// is left out, with a remark.
EnvironmentTexts environment_texts(const Variable& variable, const std::vector<ConfigText>& files);

/// Origins of such texts without a line, and INFLUX_TOKEN, which is a secret and no key: it goes in
/// the place of the file's token and user. Secrets of the file are not sent to an INFLUX_URL that
/// brings none of its own; a remark says so.
void settle_environment(Config& config, const Variable& variable);

}  // namespace clockwright::app
