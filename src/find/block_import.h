/// A block list written by somebody else: names, or names with what is known of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "result.h"
#include "time/host_name.h"
#include "time/units.h"

namespace clockwright {

struct ImportedBlock {
    HostName host;
    std::optional<int> failures;  ///< empty: blocked whatever it did
    std::string reason;
    std::optional<WallTime> until;

    friend bool operator==(const ImportedBlock&, const ImportedBlock&) = default;
};

/// Three shapes: `["host", …]`; `{"host": 3, …}` (failures); `{"host": {"failures": 3, "reason":
/// "…", "until": "2026-12-01T00:00:00Z"}, …}` (each key may be left out). Anything else is
/// Fault::bad_input, every fault with `file` and its place in the document.
Result<std::vector<ImportedBlock>> parse_block_import(std::string_view text,
                                                      const std::string& file);

}  // namespace clockwright
