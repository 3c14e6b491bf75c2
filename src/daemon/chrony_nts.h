/// What NTS lines do to chronyd's choice: its effective options, and what is advice only.
#pragma once

#include <string>
#include <vector>

#include "daemon/chrony_change.h"
#include "result.h"

namespace clockwright::chrony {

/// Refused when `nts = require` and the set cannot be written with NTS.
Result<void> check_nts(const SourceChange& change, NtsPolicy policy);

/// What `authselectmode` makes of NTS beside plain sources, and the directives that NTS wants and
/// that only a restart could bring.
std::vector<std::string> nts_notes(const Config& config, const SourceChange& change);

}  // namespace clockwright::chrony
