/// What NTS lines do to chronyd's choice: its effective options, and what is advice only.
#pragma once

#include <string>
#include <vector>

#include "daemon/source_change.h"
#include "result.h"

namespace clockwright::chrony {

/// How many sources must be usable: beside NTS sources chronyd sets plain ones aside, however
/// right, unless their intervals lie within those of the trusted (state T, seen on 4.3). Then the
/// NTS sources, three at least, must do.
int usable_wanted(const SourceChange& change, int minimum);

/// What `authselectmode` makes of NTS beside plain sources, and the directives that NTS wants and
/// that only a restart could bring.
std::vector<std::string> nts_notes(const DaemonConfig& config, const SourceChange& change);

}  // namespace clockwright::chrony
