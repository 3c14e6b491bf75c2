/// What other programs remembered, read into rows of our record.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "result.h"
#include "watch/record.h"

namespace clockwright {

/// What a file does not say of itself.
struct ImportSettings {
    std::string server = "imported";  ///< for files that name none
    Seconds zone{};                   ///< local time less UTC, for time stamps without a zone
    WallTime written{};  ///< when the file was last written, for one without any time stamp
    bool pass_over_faults = false;
};

/// `rows` in the order of the file.
struct Imported {
    std::string kind;  ///< "server_history.json", …
    std::vector<Record> rows;
    std::vector<std::string> faults;  ///< lines passed over, "FILE:3: …"; only when that was asked
    bool naive = false;               ///< some time stamps had no zone
};

/// Tells the kind by its content: `server_history.json` (NTP Server Optimizer), `memo.json` and
/// `status.log` (TimeSync Agent), CSV `timestamp,offset,delay` (NTP Monitor). Fault::bad_input with
/// file, line and what is wrong, ten faults at most.
Result<Imported> parse_history_import(std::string_view text, const std::string& file,
                                      const ImportSettings& settings);

}  // namespace clockwright
