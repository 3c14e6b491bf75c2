/// What the agent knows in InfluxDB's line protocol, times in nanoseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "publish/snapshot.h"
#include "watch/record.h"

namespace clockwright {

/// One point. Names and texts may hold anything: they are escaped, and what the protocol cannot
/// carry (a line's end, a zero byte) becomes a space. Numbers that are not finite, empty tags and
/// missing values are left out.
class InfluxPoint {
  public:
    using Value = std::variant<double, std::int64_t, bool, std::string>;

    explicit InfluxPoint(std::string_view measurement);

    InfluxPoint& tag(std::string_view name, std::string_view value);
    InfluxPoint& field(std::string_view name, const Value& value);
    InfluxPoint& field(std::string_view name, const std::optional<Seconds>& value);

    /// With its newline; empty without a field: such a point is none.
    std::string line(WallTime at) const;
    /// Its name and tags: points that share these and the time are one.
    const std::string& series() const { return head_; }

  private:
    std::string head_, fields_;
};

enum class InfluxSchema : std::uint8_t {
    telegraf,     ///< telegraf's names where it has any, `clockwright_…` for the rest
    ntp_monitor,  ///< `ntp_metrics` with the tag `server`, in milliseconds
};

/// Lines of these rows, each with a time of its own among those of one name and tags. `host`: the
/// tag of every one.
std::string influx_lines(std::span<const Record> rows, InfluxSchema schema, std::string_view host);

/// What the daemon says of the clock and its sources, as telegraf's `chrony`, `chrony_sources` and
/// `ntpq` have it, signs included. Empty under ntp_monitor.
std::string influx_lines(const Snapshot& snapshot, InfluxSchema schema, std::string_view host);

/// What InfluxDB says, with 400, 422 or 500, when it took all but what is older than it keeps.
bool is_beyond_retention(std::string_view answer);

}  // namespace clockwright
