#include "system/scan_driver.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "system/clock.h"
#include "system/scan_run.h"
#include "system/working_set.h"

namespace clockwright::system {
namespace {

constexpr std::size_t worth_fetching = 100;  ///< targets; for fewer no page more than is needed
constexpr std::size_t octets_judged = 3072;  ///< of one of them, about: its judgement, row and text

}  // namespace

Scan::Scan(std::vector<ProbeTarget> targets, const ScanSettings& settings, ntp::RateBudget& budget,
           ntp::ExchangeBackoff& exchanges)
    : targets_(std::move(targets)),
      settings_(settings),
      exchanges_(exchanges),
      admission_(settings, budget, exchanges),
      loop_(settings.loop != nullptr ? *settings.loop : own_loop_.emplace()),
      wire_(loop_.context(), budget, settings.self ? *settings.self : describe_self(),
            settings.time_out,
            {.progress =
                 [this](int finished) {
                     if (settings_.progress) {
                         settings_.progress(finished, static_cast<int>(begun_.size()));
                     }
                 },
             .idle = [this] { stop_when_idle(); }},
            &aead_, settings.sockets),
      addresses_(targets_.size()),
      admitted_(targets_.size()),
      unresolved_(targets_.size()) {
    begun_.reserve(targets_.size());
}

Result<std::vector<ProbeOutcome>> Scan::run() {
    const auto begun = begin();
    if (begun) loop_.run();
    end();
    if (!begun) {
        return std::unexpected(begun.error());
    }
    if (loop_.interrupted()) {
        return fail(Fault::interrupted, "interrupted while servers were measured");
    }
    return outcomes();
}

Result<void> Scan::begin() {
    TRY(wire_.open());
    TRY(prepare_keys());
    return resolve_all();
}

/// Leaves nothing of this scan in the loop, which after an interruption nobody runs again.
void Scan::end() {
    over_ = true;
    wire_.close();
    if (!loop_.interrupted()) loop_.clear();
}

Result<void> Scan::prepare_keys() {
    const bool wanted =
        std::ranges::any_of(targets_, [](const ProbeTarget& target) { return target.host.nts; });
    if (!wanted && settings_.trust_files.empty()) {
        return {};
    }
    auto anchors = TrustAnchors::load(settings_.trust_files);
    if (!anchors) {
        return std::unexpected(anchors.error());
    }
    keys_ = std::make_unique<KeyRound>(loop_.context(), settings_, std::move(*anchors), exchanges_);
    return {};
}

/// Null: this target is plain, or its keys have to be exchanged.
const KeptKeys::Kept* Scan::kept_keys(std::size_t target) const {
    const HostName& host = targets_[target].host;
    return host.nts && settings_.keys != nullptr ? settings_.keys->of(host) : nullptr;
}

Result<void> Scan::resolve_all() {
    std::vector<std::size_t> names;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        if (const auto* kept = kept_keys(i)) {
            resolved(i, {.addresses = {kept->at.address}, .why = {}});
        } else if (auto known = resolve_at_once(targets_[i].host.name, settings_.family)) {
            resolved(i, std::move(*known));
        } else {
            names.push_back(i);
        }
    }
    wire_.turn();
    if (targets_.size() >= worth_fetching && !settings_.steady) {
        fetch_memory(targets_.size() * octets_judged);  // while the first answers come
    }
    if (names.empty()) {
        return {};
    }
    resolver_ = std::make_unique<Resolver>(loop_.context());
    const ResolverSettings how{.time_out = settings_.resolve_time_out, .name_servers = {}};
    if (auto opened = resolver_->open(how); !opened) {
        return opened;
    }
    for (const std::size_t i : names) {
        resolver_->resolve(targets_[i].host.name, settings_.family, [this, i](Resolved answer) {
            if (!over_) {
                resolved(i, std::move(answer));
                wire_.turn();
            }
        });
    }
    return {};
}

void Scan::resolved(std::size_t target, Resolved answer) {
    addresses_[target] = std::move(answer);
    --unresolved_;
    // An announcement names all destinations before the first packet leaves; without one, a server
    // begins as soon as it is known.
    if (!settings_.announce) {
        admit(target);
        exchange_keys();
    } else if (unresolved_ == 0) {
        admit_all();
        exchange_keys();
    }
}

void Scan::admit(std::size_t target) {
    if (targets_[target].host.nts &&
        !first_.try_emplace(to_string(targets_[target].host), target).second) {
        return;  // it will share the outcome of the first one
    }
    if (!targets_[target].host.nts) {
        if (const auto exchange = exchange_with(addresses_[target], targets_[target].host.port)) {
            waiting_.emplace(target, *exchange);
            return;
        }
    }
    if (const auto* kept = kept_keys(target)) {
        admitted_[target] = admission_.admit_time(targets_[target], kept->at, kept->keys,
                                                  kept->report, read_clocks());
    } else {
        admitted_[target] = admission_.admit(targets_[target], addresses_[target], read_clocks());
    }
    if (const auto& exchange = admitted_[target].exchange) {
        exchanging_.push_back(target);
        keys_->ask(targets_[target].host, *exchange, [this, target](KeyRound::Got got) {
            if (!over_) {
                exchanged(target, std::move(got));
            }
        });
    }
    begin_series(admitted_[target]);
}

/// The target that exchanges keys with the same stranger, or asks it for time at this place with
/// keys that it has: its one series an hour is for NTS.
std::optional<std::size_t> Scan::exchange_with(const Resolved& resolved, std::uint16_t port) const {
    if (resolved.addresses.empty() || !resolved.addresses.front().is_public()) {
        return std::nullopt;
    }
    const IpAddress& address = resolved.addresses.front();
    const auto exchanging = std::ranges::find_if(
        exchanging_, [&](std::size_t i) { return admitted_[i].exchange->address == address; });
    if (exchanging != exchanging_.end()) {
        return *exchanging;
    }
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        if (targets_[i].host.nts && admitted_[i].series &&
            admitted_[i].outcome.endpoint == Endpoint{address, port}) {
            return i;
        }
    }
    return std::nullopt;
}

/// After the exchange: who waited for it is asked without NTS, unless NTS is asked at its place.
void Scan::release_waiting(std::size_t exchange, const std::optional<Endpoint>& asked) {
    for (auto it = waiting_.begin(); it != waiting_.end();) {
        const std::size_t target = it->first;
        const Endpoint place{addresses_[target].addresses.front(), targets_[target].host.port};
        if (it->second != exchange || asked == place) {
            ++it;
            continue;
        }
        it = waiting_.erase(it);
        admitted_[target] = admission_.admit(targets_[target], addresses_[target], read_clocks());
        begin_series(admitted_[target]);
    }
}

void Scan::begin_series(Admitted& admitted) {
    if (!admitted.begin) return;
    begun_.push_back({admitted.begin->endpoint, admitted.begin->samples});
    wire_.ask(std::move(*admitted.begin));
    admitted.begin.reset();
}

/// Is anybody in this scan on the internet?
bool Scan::any_stranger() const {
    return std::ranges::any_of(addresses_, [](const Resolved& resolved) {
        return !resolved.addresses.empty() && resolved.addresses.front().is_public();
    });
}

void Scan::admit_all() {
    if (settings_.before_strangers && any_stranger()) {
        admission_.close_to_strangers(settings_.before_strangers());
    }
    wire_.expect(targets_.size());
    share_spacing(targets_, addresses_);
    int packets = 0;
    std::vector<Endpoint> destinations;
    for (const bool nts : {true, false}) {  // who may wait for an exchange comes after it
        for (std::size_t i = 0; i < targets_.size(); ++i) {
            if (targets_[i].host.nts == nts) {
                admit(i);
            }
        }
    }
    for (const Begun& begun : begun_) {
        packets += begun.samples;
        destinations.push_back(begun.endpoint);
    }
    for (const std::size_t i : exchanging_) {
        packets += settings_.samples;
        destinations.push_back(*admitted_[i].exchange);
    }
    settings_.announce(packets, destinations);
}

void Scan::exchange_keys() {
    if (keys_) {
        keys_->turn();
    }
}

void Scan::exchanged(std::size_t target, KeyRound::Got got) {
    std::erase(exchanging_, target);
    Admitted& admitted = admitted_[target];
    if (!got.keys) {
        fail_nts(admitted.outcome, std::move(got.report));
    } else {
        if (settings_.keys != nullptr)
            settings_.keys->keep(targets_[target].host, {*got.keys, got.at, got.report});
        Admitted time = admission_.admit_time(targets_[target], got.at, std::move(*got.keys),
                                              std::move(got.report), read_clocks());
        time.exchange = admitted.exchange;
        admitted = std::move(time);
        begin_series(admitted);
    }
    const bool asked = admitted.series.has_value();
    release_waiting(target, asked ? admitted.outcome.endpoint : std::nullopt);
    exchange_keys();
    wire_.turn();
}

void Scan::stop_when_idle() {
    if (unresolved_ == 0 && (!keys_ || keys_->idle()) && wire_.idle()) {
        loop_.stop();
    }
}

Result<std::vector<ProbeOutcome>> scan(std::vector<ProbeTarget> targets,
                                       const ScanSettings& settings, ntp::RateBudget& budget,
                                       ntp::ExchangeBackoff& exchanges) {
    return Scan(std::move(targets), settings, budget, exchanges).run();
}

Result<std::vector<ProbeOutcome>> scan(std::vector<ProbeTarget> targets,
                                       const ScanSettings& settings, ntp::RateBudget& budget) {
    ntp::ExchangeBackoff exchanges;
    return scan(std::move(targets), settings, budget, exchanges);
}

}  // namespace clockwright::system
