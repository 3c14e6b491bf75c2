#include "daemon/dialect.h"

#include "daemon/chrony_dialect.h"
#include "daemon/timesyncd_dialect.h"

namespace clockwright {

Seconds Dialect::start_step(const DaemonConfig&) const {
    return traits().start_step;
}

const Dialect& dialect_of(DaemonKind kind) {
    static const chrony::ChronyDialect chrony;
    static const timesyncd::TimesyncdDialect timesyncd;
    switch (kind) {
        case DaemonKind::timesyncd:
            return timesyncd;
        case DaemonKind::chrony:
        case DaemonKind::ntpsec:
        case DaemonKind::openntpd:
        case DaemonKind::ntpd_rs:
            break;
    }
    return chrony;
}

}  // namespace clockwright
