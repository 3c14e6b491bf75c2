#include "app/dry_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "app/diagnosis.h"
#include "app/known_servers.h"
#include "app/scan_request.h"
#include "publish/scan_report.h"
#include "store/memory.h"
#include "system/admission.h"
#include "system/clock.h"

namespace clockwright::app {
namespace {

/// As a scan would decide it, target by target.
class Rehearsal {
  public:
    Rehearsal(const system::ScanSettings& settings, const ntp::RateBudget& budget,
              const ntp::ExchangeBackoff& exchanges)
        : settings_(settings), admission_(settings, budget, exchanges) {}

    DryRunRow ask(const system::ProbeTarget& target, const std::string& host,
                  const system::Resolved& resolved, Now now) {
        DryRunRow row{
            .host = host, .address = {}, .packets = 0, .key_exchange = {}, .why_none = {}};
        if (const std::string* other = exchange_with(target, resolved); other != nullptr) {
            row.address = to_string(Endpoint{resolved.addresses.front(), target.host.port});
            row.why_none = "its packets are those of " + *other + ", unless NTS fails there";
            return row;
        }
        const system::Admitted admitted = admission_.admit(target, resolved, now);
        const system::ProbeOutcome& outcome = admitted.outcome;
        if (outcome.endpoint) row.address = to_string(*outcome.endpoint);
        row.why_none = outcome.why;
        if (admitted.exchange) {
            row.key_exchange = to_string(*admitted.exchange);
            row.packets = settings_.samples;
            asked_.push_back(*admitted.exchange);
            exchanges_.emplace_back(admitted.exchange->address, host);
        } else if (admitted.begin) {
            row.packets = settings_.samples;
            asked_.push_back(admitted.begin->endpoint);
            series_.push_back(host);
        } else if (admitted.series) {
            row.why_none = "its packets are those of " + series_[*admitted.series];
        }
        return row;
    }

    const std::vector<Endpoint>& asked() const { return asked_; }

  private:
    /// The nts:// host that a stranger's one series an hour is for; null: none.
    const std::string* exchange_with(const system::ProbeTarget& target,
                                     const system::Resolved& resolved) const {
        if (target.host.nts || resolved.addresses.empty() ||
            !resolved.addresses.front().is_public())
            return nullptr;
        const auto found = std::ranges::find(exchanges_, resolved.addresses.front(),
                                             &std::pair<IpAddress, std::string>::first);
        return found == exchanges_.end() ? nullptr : &found->second;
    }

    const system::ScanSettings& settings_;
    system::Admission admission_;
    std::vector<Endpoint> asked_;
    std::vector<std::string> series_;  ///< by series: whose packets they are
    std::vector<std::pair<IpAddress, std::string>> exchanges_;
};

Result<std::vector<system::Resolved>> resolve(const std::vector<system::ProbeTarget>& targets,
                                              const system::ScanSettings& settings) {
    std::vector<HostName> names;
    std::ranges::transform(targets, std::back_inserter(names), &system::ProbeTarget::host);
    return system::resolve(names, settings.family, settings.resolve_time_out);
}

}  // namespace

Result<std::string> dry_run_report(const std::vector<Candidate>& candidates, const Config& config,
                                   const Command& command) {
    const BlockList blocks = TRY(known_blocks(config));
    const store::Memory memory = store::load(config.state.directory, nullptr);
    const ntp::RateBudget budget({}, memory.spent);
    const ntp::ExchangeBackoff exchanges(memory.exchanges);
    const Now now = system::read_clocks();
    const system::ScanSettings settings = scan_settings(command, blocks, now.wall);
    auto targets = targets_of(candidates, settings.family);
    const auto resolved = TRY(resolve(targets, settings));
    system::share_spacing(targets, resolved);
    Rehearsal rehearsal(settings, budget, exchanges);
    DryRun run;
    run.rows.resize(targets.size());
    for (const bool nts : {true, false}) {  // in the order of a scan
        for (std::size_t i = 0; i < targets.size(); ++i) {
            if (targets[i].host.nts != nts) continue;
            run.rows[i] =
                rehearsal.ask(targets[i], candidates[i].source.as_written, resolved[i], now);
        }
    }
    for (const DryRunRow& row : run.rows) run.packets += row.packets;
    const std::vector<Endpoint>& asked = rehearsal.asked();
    if (command.diagnose) run.diagnosis_packets = most_diagnosis_packets(asked.size());
    if (command.json) return dry_run_json(run);
    return announcement(run.packets, asked, command) + dry_run_text(run) + "Nothing was sent.\n";
}

}  // namespace clockwright::app
