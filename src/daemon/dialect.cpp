#include "daemon/dialect.h"

#include "daemon/chrony_dialect.h"
#include "daemon/ntpsec_dialect.h"
#include "daemon/timesyncd_dialect.h"

namespace clockwright {

Seconds Dialect::start_step(const DaemonConfig&) const {
    return traits().start_step;
}

const Dialect& dialect_of(DaemonKind kind) {
    static const chrony::ChronyDialect chrony;
    static const NtpsecDialect ntpsec;
    static const timesyncd::TimesyncdDialect timesyncd;
    switch (kind) {
        case DaemonKind::ntpsec:
            return ntpsec;
        case DaemonKind::timesyncd:
            return timesyncd;
        case DaemonKind::chrony:
        case DaemonKind::openntpd:
        case DaemonKind::ntpd_rs:
            break;
    }
    return chrony;
}

}  // namespace clockwright
