/// NTS as people and programs read it: of a scan's server, and of a daemon's source.
#pragma once

#include <string>

#include "daemon/state.h"
#include "time/nts.h"

namespace clockwright {

/// How soon the end of a certificate is worth a word (rule A-5).
inline constexpr std::chrono::days certificate_warning{21};

/// "NTS: AES-SIV-CMAC-256, 7 cookies left, certificate of CN=… by CN=… until 2027-01-02", or why
/// there is none. Names from the network are escaped.
std::string nts_text(const NtsReport& report);

/// "its certificate ends in 5 days (2026-12-03)"; empty when that is far off or not known.
std::string certificate_end(const NtsReport& report, WallTime now);

/// {"failure", "why", "server", "port", "algorithm", "cookies", "subject", "issuer", "not_before",
/// "not_after"} as JSON at that depth of a document; missing values are null.
std::string nts_json(const NtsReport& report, int depth);

/// What is not well with the NTS of a daemon's source; empty when all is, or when `asked` is false
/// and there is none. `asked`: its line says `nts`.
std::string nts_fault(const DaemonSource& source, bool asked);

/// "require trust": the options chronyd gives it beyond its line; empty without any.
std::string effective_options(const DaemonSource& source);

}  // namespace clockwright
