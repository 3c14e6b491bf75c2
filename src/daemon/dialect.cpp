#include "daemon/dialect.h"

#include "daemon/chrony_dialect.h"
#include "daemon/openntpd_dialect.h"

namespace clockwright {

Seconds Dialect::start_step(const DaemonConfig&) const {
    return traits().start_step;
}

const Dialect& dialect_of(DaemonKind kind) {
    static const chrony::ChronyDialect chrony;
    static const openntpd::OpenntpdDialect openntpd;
    switch (kind) {
        case DaemonKind::openntpd:
            return openntpd;
        case DaemonKind::chrony:
        case DaemonKind::ntpsec:
        case DaemonKind::timesyncd:
        case DaemonKind::ntpd_rs:
            break;
    }
    return chrony;
}

}  // namespace clockwright
