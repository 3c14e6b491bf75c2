#include "system/clock_rights.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace clockwright::system {
namespace {

constexpr unsigned clock_bit = 1U << CAP_SYS_TIME;  // bit 25: in the first of the two words

struct Rights {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct sets[2]{};
    bool read() { return ::syscall(SYS_capget, &header, sets) == 0; }
};

}  // namespace

bool may_set_clock() {
    Rights rights;
    return rights.read() && (rights.sets[0].effective & clock_bit) != 0;
}

Result<void> give_up_clock_rights() {
    ::prctl(PR_CAPBSET_DROP, CAP_SYS_TIME, 0, 0, 0);  // fails without CAP_SETPCAP: checked below
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    Rights rights;
    if (!rights.read()) return fail("cannot read this process's rights");
    rights.sets[0].effective &= ~clock_bit;
    rights.sets[0].permitted &= ~clock_bit;
    rights.sets[0].inheritable &= ~clock_bit;
    if (::syscall(SYS_capset, &rights.header, rights.sets) != 0)
        return fail("cannot give up the right to set the clock");
    const bool root_may_regain =
        ::geteuid() == 0 && ::prctl(PR_CAPBSET_READ, CAP_SYS_TIME, 0, 0, 0) == 1;
    if (root_may_regain) return fail("the right to set the clock cannot be given up here");
    return {};
}

}  // namespace clockwright::system
