// What a scan tells of each target in the end.
#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "ntp/nts_result.h"
#include "system/descriptor.h"
#include "system/scan_run.h"

namespace clockwright::system {
namespace {

bool is_out_of_reach(int error) {
    return error == ENETUNREACH || error == EHOSTUNREACH || error == ENETDOWN ||
           error == EADDRNOTAVAIL;
}

}  // namespace

/// What NTS measured at that place, told without the authenticity.
void Scan::share(ProbeOutcome& outcome, std::size_t exchange) const {
    const Admitted& asked = admitted_[exchange];
    outcome.shared = true;
    outcome.endpoint = asked.outcome.endpoint;
    if (asked.series) {
        take_result(outcome, *asked.series);
        outcome.nts.reset();
    }
    for (Sample& sample : outcome.series.samples) {
        sample.authenticated = false;
    }
}

Result<std::vector<ProbeOutcome>> Scan::outcomes() {
    // A host without a network has asked and was not answered; one without sockets has not asked.
    bool any_socket = begun_.empty();
    for (std::size_t i = 0; i < begun_.size(); ++i) {
        const ProbeWire::Ended ended = wire_.result(i);
        any_socket = any_socket || ended.series != nullptr || is_out_of_reach(ended.error);
    }
    if (!any_socket) {
        return fail(fmt::format("no socket can be opened to any server: {}",
                                errno_text(wire_.result(0).error)));
    }
    std::vector<ProbeOutcome> outcomes;
    outcomes.reserve(targets_.size());
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        const HostName& host = targets_[i].host;
        const std::size_t first = host.nts ? first_.at(to_string(host)) : i;
        if (first < i) {
            outcomes.push_back(outcomes[first]);
            continue;
        }
        Admitted& admitted = admitted_[i];
        if (const auto waited = waiting_.find(i); waited != waiting_.end()) {
            share(admitted.outcome, waited->second);
        } else if (admitted.series) {
            take_result(admitted.outcome, *admitted.series);
            const auto* session = wire_.result(*admitted.series).nts;
            if (settings_.keys != nullptr && session != nullptr)
                settings_.keys->used(host, *session);
        }
        if (admitted.outcome.nts && admitted.exchange) {
            keys_->report(host, *admitted.exchange, *admitted.outcome.nts);
        }
        outcomes.push_back(std::move(admitted.outcome));
    }
    return outcomes;
}

void Scan::take_result(ProbeOutcome& outcome, std::size_t series) const {
    const ProbeWire::Ended result = wire_.result(series);
    if (result.series != nullptr) {
        outcome.series = *result.series;
        if (result.nts != nullptr && outcome.nts) {
            ntp::complete_report(*outcome.nts, *result.nts, outcome.series,
                                 begun_[series].endpoint);
        }
        return;
    }
    outcome.not_asked = Rejection::refused;
    outcome.why = fmt::format("{} cannot be reached: {}",
                              to_string(begun_[series].endpoint.address), errno_text(result.error));
}

}  // namespace clockwright::system
