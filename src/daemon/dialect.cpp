#include "daemon/dialect.h"

#include "daemon/chrony_dialect.h"
#include "daemon/ntpd_rs_dialect.h"
#include "daemon/ntpsec_dialect.h"
#include "daemon/openntpd_dialect.h"
#include "daemon/timesyncd_dialect.h"

namespace clockwright {

Seconds Dialect::start_step(const DaemonConfig&) const {
    return traits().start_step;
}

const Dialect& dialect_of(DaemonKind kind) {
    static const chrony::ChronyDialect chrony;
    static const NtpsecDialect ntpsec;
    static const timesyncd::TimesyncdDialect timesyncd;
    static const openntpd::OpenntpdDialect openntpd;
    static const ntpd_rs::NtpdRsDialect ntpd_rs;
    switch (kind) {
        case DaemonKind::ntpsec:
            return ntpsec;
        case DaemonKind::timesyncd:
            return timesyncd;
        case DaemonKind::openntpd:
            return openntpd;
        case DaemonKind::ntpd_rs:
            return ntpd_rs;
        case DaemonKind::chrony:
            break;
    }
    return chrony;
}

}  // namespace clockwright
