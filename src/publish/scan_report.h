/// What a scan found, as text and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "judge/path.h"
#include "judge/selection.h"
#include "publish/json_text.h"

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

/// What a row will be made of. Rows are large: what is sorted is this.
struct RowParts {
    Candidate* candidate;
    Assessment* assessment;
};

/// Best first: the chosen by expected error, other truechimers, outliers, falsetickers, the rest.
void rank(std::vector<RowParts>& rows);

/// One server as the contract has it; others may add to it. `by_daemon`: the daemon asked it, which
/// tells how far it may be off and no term of that: those are null.
JsonObject server_json(const ScanRow& row, int depth, bool by_daemon = false);
std::string consensus_json(const Consensus& consensus, int depth);

/// The contract's document (product.md, *Data on the outside*).
std::string scan_json(const ScanReport& report);

/// `explain`: every term for every server; else reasons only where something is not well.
std::string scan_text(const ScanReport& report, bool explain, bool colour = false);

/// What a scan would send to one host, or why nothing.
struct DryRunRow {
    std::string host;     ///< as written
    std::string address;  ///< of its time, with the port; empty: not resolved
    int packets = 0;
    std::string key_exchange;  ///< where keys are had by TCP first; empty: nowhere
    std::string why_none;
};

struct DryRun {
    std::vector<DryRunRow> rows;
    int packets = 0;            ///< of all rows
    int diagnosis_packets = 0;  ///< that --diagnose would add at most
};

/// One line for each row, and one for the diagnosis.
std::string dry_run_text(const DryRun& run);

/// {"packets_planned": n, "diagnosis_packets": n, "addresses": ["192.0.2.1:123", …],
/// "destinations": [{"host", "address", "packets", "key_exchange", "reason"}]}; `packets_planned`
/// is the sum of both; "addresses" are those that get a packet.
std::string dry_run_json(const DryRun& run);

/// "5 of 6 agree; combined offset +0.03 ms ±1.9 ms."
std::string consensus_text(const Consensus& consensus);

}  // namespace clockwright
