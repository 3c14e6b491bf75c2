/// For how long the record keeps what.
#pragma once

#include "time/units.h"

namespace clockwright::store {

struct RetentionSettings {
    Seconds raw{30 * 86400.0};     ///< samples and this clock, row by row
    Seconds minute{90 * 86400.0};  ///< roll-ups of a minute
    /// Roll-ups of an hour; verdicts, events, alerts and runs as well. Days are kept for ever.
    Seconds hour{2 * 365 * 86400.0};
    int most_mb = 1024;  ///< MiB of all; then the oldest days go
};

}  // namespace clockwright::store
