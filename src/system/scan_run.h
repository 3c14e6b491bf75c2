/// One scan under way; `scan_driver.h` is what others call.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "system/admission.h"
#include "system/event_loop.h"
#include "system/key_round.h"
#include "system/probe_wire.h"
#include "system/resolver.h"
#include "system/scan_driver.h"
#include "system/siv_aead.h"

namespace clockwright::system {

/// One run of `scan`: names go to the resolver, addresses through admission, nts:// hosts through
/// their key exchange, what is admitted to the wire; outcomes are gathered in the end.
class Scan {
  public:
    Scan(std::vector<ProbeTarget> targets, const ScanSettings& settings, ntp::RateBudget& budget,
         ntp::ExchangeBackoff& exchanges);

    Result<std::vector<ProbeOutcome>> run();

  private:
    Result<void> begin();
    void end();
    Result<void> prepare_keys();
    Result<void> resolve_all();
    void resolved(std::size_t target, Resolved answer);
    void admit(std::size_t target);
    bool any_stranger() const;
    void admit_all();
    const KeptKeys::Kept* kept_keys(std::size_t target) const;
    void begin_series(Admitted& admitted);
    std::optional<std::size_t> exchange_with(const Resolved& resolved, std::uint16_t port) const;
    void release_waiting(std::size_t exchange, const std::optional<Endpoint>& asked);
    void exchange_keys();
    void exchanged(std::size_t target, KeyRound::Got got);
    void stop_when_idle();
    Result<std::vector<ProbeOutcome>> outcomes();
    std::size_t asked_for(std::size_t target) const;
    void take_result(ProbeOutcome& outcome, std::size_t series, bool is_last);

    struct Begun {
        Endpoint endpoint;
        int samples = 0;
    };

    std::vector<ProbeTarget> targets_;
    const ScanSettings& settings_;
    ntp::ExchangeBackoff& exchanges_;
    Admission admission_;
    std::optional<EventLoop> own_loop_;
    EventLoop& loop_;
    SivAead aead_;
    ProbeWire wire_;
    std::vector<Resolved> addresses_;
    std::vector<Admitted> admitted_;
    std::vector<Begun> begun_;                  ///< by series
    std::map<std::string, std::size_t> first_;  ///< nts:// hosts: the target that has the exchange
    std::vector<std::size_t> exchanging_;       ///< targets whose exchange has not ended
    std::map<std::size_t, std::size_t> waiting_;  ///< plain targets: whose exchange they wait for
    std::size_t unresolved_;                      ///< answers still awaited
    bool over_ = false;  ///< what the resolver still says is of no interest
    std::unique_ptr<Resolver> resolver_;
    std::unique_ptr<KeyRound> keys_;  ///< null: nobody is asked by NTS
};

}  // namespace clockwright::system
