/// What the agent writes down: the record and the audit chain, beside the loop and in order, with
/// the housekeeping of both.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/fault_once.h"
#include "store/audit_chain.h"
#include "store/recorder.h"
#include "system/worker.h"
#include "watch/record.h"

namespace clockwright::app {

/// Of this boot of the host; empty: the kernel does not tell.
std::string boot_id();

class AgentRecord {
  public:
    /// `told` after each write: why it failed (empty: it did not), and how many rows wait.
    AgentRecord(boost::asio::io_context& loop, const Config& config,
                std::function<void(const std::string& fault, std::uint64_t waiting)> told);

    /// A chain that is damaged is said, and the record goes on without it.
    Result<void> open();
    void use(const Config& config);

    void remember(std::vector<Record> rows);
    /// Of the audit chain nothing is removed by the age that a clock tells which is not.
    void clock_is(bool demonstrated) { demonstrated_ = demonstrated; }
    /// Waits until all is written.
    void finish() { writing_.finish(); }

  private:
    /// What a write came to.
    struct Written {
        std::string fault;
        std::uint64_t waiting = 0;
        std::vector<std::string> notices;
        std::string audit_fault;  ///< why the chain has not these rows; empty: it has
        store::ChainEnd audit_end;
    };

    Written write(const std::vector<Record>& rows);
    Result<void> add_to_chain(const std::vector<Record>& rows);
    void written(const Written& result);
    void note_head(const store::ChainEnd& end);
    std::string sign_head(const store::ChainEnd& end) const;
    void tidy(std::chrono::milliseconds rest);
    void prune();

    std::function<void(const std::string&, std::uint64_t)> told_;
    std::string directory_;
    store::RetentionSettings keep_;
    Config::Audit audit_settings_;
    bool demonstrated_ = false;
    boost::asio::steady_timer tidy_;
    std::optional<store::Recorder> recorder_;  ///< used by `writing_` only
    std::optional<store::AuditChain> audit_;   ///< the same; empty: it is damaged
    FaultOnce audit_fault_, sign_fault_, prune_fault_;
    std::chrono::sys_days head_told_{};
    system::Worker writing_;  // last, so that it ends first
};

}  // namespace clockwright::app
