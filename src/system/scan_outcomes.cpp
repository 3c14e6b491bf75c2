// What a scan tells of each target in the end.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <ranges>
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

/// What NTS measured at that place, told without the authenticity.
void share(ProbeOutcome& outcome, const std::optional<Endpoint>& place) {
    outcome.shared = true;
    outcome.endpoint = place;
    for (Sample& sample : outcome.series.samples) {
        sample.authenticated = false;
    }
}

}  // namespace

/// The target that is asked by NTS in the place of this one, or itself.
std::size_t Scan::asked_for(std::size_t target) const {
    const auto waited = waiting_.find(target);
    return waited == waiting_.end() ? target : waited->second;
}

Result<std::vector<ProbeOutcome>> Scan::outcomes() {
    // A host without a network has asked and was not answered; one without sockets has not asked.
    const auto has_asked = [this](std::size_t series) {
        const ProbeWire::Ended ended = wire_.result(series);
        return ended.series != nullptr || is_out_of_reach(ended.error);
    };
    if (!begun_.empty() && std::ranges::none_of(std::views::iota(0UZ, begun_.size()), has_asked)) {
        return fail(fmt::format("no socket can be opened to any server: {}",
                                errno_text(wire_.result(0).error)));
    }
    std::vector<std::size_t> last(begun_.size());  // of the targets that tell a series
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        if (const auto& series = admitted_[asked_for(i)].series) last[*series] = i;
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
        const Admitted& asked = admitted_[asked_for(i)];
        if (asked.series) {
            take_result(admitted.outcome, *asked.series, last[*asked.series] == i);
        }
        if (&asked != &admitted) {
            share(admitted.outcome, asked.outcome.endpoint);
        } else if (admitted.series) {
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

/// The last who tells a series may have it.
void Scan::take_result(ProbeOutcome& outcome, std::size_t series, bool is_last) {
    const ProbeWire::Ended result = wire_.result(series);
    if (result.series != nullptr) {
        outcome.series = is_last ? wire_.take_series(series) : *result.series;
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
