#include "system/scan_driver.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "system/admission.h"
#include "system/clock.h"
#include "system/descriptor.h"
#include "system/digest.h"
#include "system/event_loop.h"
#include "system/probe_wire.h"
#include "system/resolver.h"

namespace clockwright::system {

namespace {

/// Link-local addresses are no refid anybody could take for ours.
ntp::Self describe_self() {
    ntp::Self self{.addresses = own_addresses(),
                   .precision_seconds = clock_precision().count(),
                   .ipv6_refids = {}};
    for (const IpAddress& address : self.addresses) {
        if (address.family == Family::ipv6 && !address.is_link_local()) {
            self.ipv6_refids.push_back(ipv6_refid(address));
        }
    }
    return self;
}

/// One run of `scan`: names go to the resolver, addresses through admission, what is admitted to
/// the wire; outcomes are gathered in the end.
class Scan {
  public:
    Scan(const std::vector<ProbeTarget>& targets, const ScanSettings& settings,
         ntp::RateBudget& budget);

    Result<std::vector<ProbeOutcome>> run();

  private:
    Result<void> resolve_all();
    void resolved(std::size_t target, Resolved answer);
    void admit(std::size_t target);
    void admit_all();
    void stop_when_idle();
    Result<std::vector<ProbeOutcome>> outcomes();
    void take_result(ProbeOutcome& outcome, std::size_t series) const;

    const std::vector<ProbeTarget>& targets_;
    const ScanSettings& settings_;
    Admission admission_;
    EventLoop loop_;
    ProbeWire wire_;
    std::vector<Resolved> addresses_;
    std::vector<Admitted> admitted_;
    std::vector<ntp::Target> begun_;  ///< by series
    std::size_t unresolved_;          ///< answers still awaited
    bool over_ = false;               ///< what the resolver still says is of no interest
    std::unique_ptr<Resolver> resolver_;
};

Scan::Scan(const std::vector<ProbeTarget>& targets, const ScanSettings& settings,
           ntp::RateBudget& budget)
    : targets_(targets),
      settings_(settings),
      admission_(settings, budget),
      wire_(loop_.context(), budget, describe_self(), settings.time_out,
            {.progress =
                 [this](int finished) {
                     if (settings_.progress) {
                         settings_.progress(finished, static_cast<int>(begun_.size()));
                     }
                 },
             .idle = [this] { stop_when_idle(); }}),
      addresses_(targets.size()),
      admitted_(targets.size()),
      unresolved_(targets.size()) {}

Result<std::vector<ProbeOutcome>> Scan::run() {
    if (auto opened = wire_.open(); !opened) {
        return std::unexpected(opened.error());
    }
    if (auto begun = resolve_all(); !begun) {
        return std::unexpected(begun.error());
    }
    loop_.run();
    over_ = true;
    if (loop_.interrupted()) {
        return fail(Fault::interrupted, "interrupted while servers were measured");
    }
    return outcomes();
}

Result<void> Scan::resolve_all() {
    std::vector<std::size_t> names;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        if (const auto literal = parse_address(targets_[i].host.name)) {
            resolved(i, resolve_literal(*literal, settings_.family));
        } else {
            names.push_back(i);
        }
    }
    wire_.turn();
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
    } else if (unresolved_ == 0) {
        admit_all();
    }
}

void Scan::admit(std::size_t target) {
    admitted_[target] = admission_.admit(targets_[target], addresses_[target], read_clocks());
    if (const auto& begin = admitted_[target].begin) {
        begun_.push_back(*begin);
        wire_.ask(*begin);
    }
}

void Scan::admit_all() {
    int packets = 0;
    std::vector<Endpoint> destinations;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        admit(i);
    }
    for (const ntp::Target& target : begun_) {
        packets += target.samples;
        destinations.push_back(target.endpoint);
    }
    settings_.announce(packets, destinations);
}

void Scan::stop_when_idle() {
    if (unresolved_ == 0 && wire_.idle()) {
        loop_.stop();
    }
}

Result<std::vector<ProbeOutcome>> Scan::outcomes() {
    bool any_socket = begun_.empty();
    for (std::size_t i = 0; i < begun_.size(); ++i) {
        any_socket = any_socket || wire_.result(i).series != nullptr;
    }
    if (!any_socket) {
        return fail(fmt::format("no socket can be opened to any server: {}",
                                errno_text(wire_.result(0).error)));
    }
    std::vector<ProbeOutcome> outcomes;
    for (Admitted& admitted : admitted_) {
        if (admitted.series) {
            take_result(admitted.outcome, *admitted.series);
        }
        outcomes.push_back(std::move(admitted.outcome));
    }
    return outcomes;
}

void Scan::take_result(ProbeOutcome& outcome, std::size_t series) const {
    const ProbeWire::Ended result = wire_.result(series);
    if (result.series != nullptr) {
        outcome.series = *result.series;
        return;
    }
    outcome.not_asked = Rejection::refused;
    outcome.why = fmt::format("{} cannot be reached: {}",
                              to_string(begun_[series].endpoint.address), errno_text(result.error));
}

}  // namespace

Result<std::vector<ProbeOutcome>> scan(const std::vector<ProbeTarget>& targets,
                                       const ScanSettings& settings, ntp::RateBudget& budget) {
    return Scan(targets, settings, budget).run();
}

}  // namespace clockwright::system
