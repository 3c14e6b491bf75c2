#include "system/kept_keys.h"

#include <utility>

namespace clockwright::system {
namespace {

constexpr int most_failures = 3;

}  // namespace

const KeptKeys::Kept* KeptKeys::of(const HostName& host) const {
    const auto found = kept_.find(to_string(host));
    return found == kept_.end() ? nullptr : &found->second;
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
