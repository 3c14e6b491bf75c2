/// The files that others read: the textfile of metrics, CSV and the log of states.
#pragma once

#include <optional>
#include <span>

#include "app/fault_once.h"
#include "app/loss_count.h"
#include "app/sink_settings.h"
#include "publish/snapshot.h"
#include "store/line_file.h"
#include "watch/record.h"

namespace clockwright::app {

/// Each file by itself: one that cannot be written is said once, and costs the others nothing.
/// Writing may wait; used by one thread.
class FileSinks {
  public:
    explicit FileSinks(const SinkSettings& settings);

    /// From now on: lines that wait for a file that stays go on waiting, and a textfile that is no
    /// longer wanted there goes.
    void use(const SinkSettings& settings);
    void tell(std::span<const Record> rows, const Now& now);
    void show(const Snapshot& snapshot, const Now& now);
    /// Nobody watches any more: what claims how the clock is now goes.
    void end();

  private:
    void make_files();
    void write_metrics(const Snapshot& snapshot, WallTime now);
    std::string csv_of(std::span<const Record> rows) const;

    SinkSettings settings_;
    std::optional<store::LineFile> csv_, status_log_;
    std::optional<SteadyTime> status_written_;
    bool sure_ = false;  ///< of the clock
    FaultOnce metrics_fault_, csv_fault_, status_fault_;
    LossCount csv_losses_, status_losses_;
};

}  // namespace clockwright::app
