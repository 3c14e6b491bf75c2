/// What a scan found, as text and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "judge/path.h"
#include "judge/selection.h"

namespace clockwright {

/// One candidate with what became of it.
struct ScanRow {
    Candidate candidate;
    Assessment assessment;
};

/// Everything `scan` says; rows in the order they are shown.
struct ScanReport {
    WallTime measured_at;
    int samples = 0;
    std::vector<ScanRow> rows;
    Consensus consensus;
    Ensemble ensemble;
    Profile profile;
    std::vector<std::string> notes;  ///< remarks on the run as a whole
    /// What failures have in common; empty optional: not asked for.
    std::optional<std::vector<PathFinding>> findings;
};

/// Best first: the chosen by expected error, other truechimers, outliers, falsetickers, the rest.
void rank(std::vector<ScanRow>& rows);

/// The contract's document (product.md, *Data on the outside*).
std::string scan_json(const ScanReport& report);

/// `explain`: every term for every server; else reasons only where something is not well.
std::string scan_text(const ScanReport& report, bool explain, bool colour = false);

/// What a scan would send to one address, or why nothing.
struct DryRunRow {
    std::string address;
    int packets = 0;
    std::string why_none;
};

/// What a scan would send: {"packets_planned": n, "addresses": ["192.0.2.1:123", …],
/// "destinations": [{"address", "packets", "reason"}]}; "addresses" are those that get a packet.
std::string dry_run_json(int packets, const std::vector<DryRunRow>& rows);

/// "5 of 6 agree; combined offset +0.03 ms ±1.9 ms."
std::string consensus_text(const Consensus& consensus);

}  // namespace clockwright
