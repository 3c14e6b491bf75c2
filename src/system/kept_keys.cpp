#include "system/kept_keys.h"

#include <utility>

#include "system/clock.h"
#include "system/tls_trust.h"

namespace clockwright::system {
namespace {

constexpr int most_failures = 3;

}  // namespace

const KeptKeys::Kept* KeptKeys::of(const HostName& host) const {
    const auto found = kept_.find(to_string(host));
    if (found == kept_.end()) return nullptr;
    const NtsReport& report = found->second.report;
    const WallTime now = read_wall_clock();
    const bool unchecked = report.failure == NtsFailure::clock_wrong && now >= build_date();
    const bool ended = report.not_after != WallTime{} && now > report.not_after;
    return unchecked || ended ? nullptr : &found->second;
}

void KeptKeys::keep(const HostName& host, Kept kept) {
    kept_.insert_or_assign(to_string(host), std::move(kept));
}

void KeptKeys::used(const HostName& host, const ntp::NtsSession& session) {
    const auto found = kept_.find(to_string(host));
    if (found == kept_.end()) return;
    Kept& kept = found->second;
    kept.keys = session.keys();
    kept.failures = session.authenticated() > 0 ? 0 : kept.failures + 1;
    if (kept.keys.cookies.empty() || session.nak_seen() || kept.failures >= most_failures)
        kept_.erase(found);
}

}  // namespace clockwright::system
