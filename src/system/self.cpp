#include "ntp/exchange.h"
#include "system/clock.h"
#include "system/digest.h"
#include "system/scan_driver.h"

namespace clockwright::system {

ntp::Self describe_self() {
    ntp::Self self{.addresses = own_addresses(),
                   .precision_seconds = clock_precision().count(),
                   .ipv6_refids = {}};
    for (const IpAddress& address : self.addresses) {
        if (address.family == Family::ipv6 && !address.is_link_local()) {
            self.ipv6_refids.push_back(ipv6_refid(address));
        }
    }
    return self;
}

}  // namespace clockwright::system
