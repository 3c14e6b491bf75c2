/// Lines pushed to InfluxDB, through a spool on disk: what it did not take waits, over restarts
/// too.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "app/fault_once.h"
#include "app/sink_settings.h"
#include "publish/influx.h"
#include "publish/pusher.h"
#include "publish/snapshot.h"
#include "store/spool.h"
#include "system/http_post.h"
#include "watch/record.h"

namespace clockwright::app {

/// Every call may wait; used by one thread.
class InfluxSink {
  public:
    /// `directory`: of the spool. `splay`: 0–1, of this host.
    InfluxSink(const InfluxSettings& settings, std::string directory, std::string host,
               double splay, SteadyTime now);

    void tell(std::span<const Record> rows);
    void show(const Snapshot& snapshot);
    /// One post, when it is due and lines wait; when to call again.
    SteadyTime push(SteadyTime now);

  private:
    void add(const std::string& lines);
    bool open_spool();
    PushAnswer post(const std::string& lines) const;
    Result<system::PostSettings> post_settings() const;
    void settle(const store::SpoolLines& lines, const PushAnswer& answer, SteadyTime now);

    InfluxSettings settings_;
    InfluxSchema schema_;
    std::string directory_, host_, url_;
    Pusher pusher_;
    std::optional<store::Spool> spool_;  ///< empty: it could not be opened yet
    FaultOnce spool_fault_, push_fault_, losses_;
};

/// "…/write?db=…&precision=ns", or with a bucket "…/api/v2/write?org=…&bucket=…&precision=ns".
std::string write_url(const InfluxSettings& settings);

}  // namespace clockwright::app
