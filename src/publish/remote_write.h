/// What Prometheus' remote write 1.0 carries: the samples of /metrics as lines that can wait, and
/// waiting lines as the body of a post.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "result.h"
#include "time/units.h"

namespace clockwright {

/// Makes the lines, and remembers which series there were.
class RemoteWriteLines {
  public:
    /// `host`: the label `instance` of every series, beside `job="clockwright"`.
    explicit RemoteWriteLines(std::string_view host);

    /// `name{labels} value milliseconds` for each sample of `metrics` (of `prometheus_text`). A
    /// series of the last call that is no more has the value NaN: it ends here.
    std::string of(std::string_view metrics, WallTime at);

  private:
    std::string own_labels_;
    std::set<std::string> last_;  ///< series with their labels
};

/// A WriteRequest with a time series for each that the lines have, compressed. NaN is told as a
/// staleness marker. Fault::bad_input when a line is none of ours.
Result<std::string> remote_write_body(std::string_view lines);

/// Lines of one moment each, as they follow one another.
std::vector<std::string_view> by_moment(std::string_view lines);

/// A refusal (status 400 or 409) that is about the order: samples of this moment or a later one are
/// there already, or the moment is too long ago for this database.
bool is_too_late(std::string_view refusal);

/// A refusal because the moment has not come yet by the database's clock: later it is taken.
bool is_too_early(std::string_view refusal);

}  // namespace clockwright
