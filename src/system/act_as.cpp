#include "system/act_as.h"

#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "system/descriptor.h"

namespace clockwright::system {
namespace {

// The system calls themselves: the C library's functions would change all threads, of which others
// go on with root's work.
constexpr int unchanged = -1;

bool act_as(::uid_t user, ::gid_t group, bool from_root) {
    const auto set_group = [&] {
        return ::syscall(SYS_setresgid, unchanged, group, unchanged) == 0;
    };
    const auto set_user = [&] { return ::syscall(SYS_setresuid, unchanged, user, unchanged) == 0; };
    return from_root ? set_group() && set_user() : set_user() && set_group();
}

/// systemd hides the places of its dynamic users in a directory of root's: the way through it, and
/// to read, stays root's right; to write does not. Where root has no such right, the next open
/// fails.
void keep_the_way() {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct rights[_LINUX_CAPABILITY_U32S_3]{};
    if (::syscall(SYS_capget, &header, rights) != 0) return;
    rights[0].effective |= 1U << CAP_DAC_READ_SEARCH;
    ::syscall(SYS_capset, &header, rights);
}

}  // namespace

Result<ActAsOwner> ActAsOwner::of(const std::string& directory) {
    ActAsOwner acting;
    struct stat status{};
    if (::geteuid() != 0 || ::stat(directory.c_str(), &status) != 0 || status.st_uid == 0)
        return acting;
    const ::gid_t group = ::getegid();
    if (!act_as(status.st_uid, status.st_gid, true)) {
        const int why = errno;
        if (!act_as(0, group, false)) std::abort();
        return fail("cannot act as the owner of " + directory + ": " + errno_text(why));
    }
    keep_the_way();
    acting.group_ = group;
    return acting;
}

ActAsOwner::ActAsOwner(ActAsOwner&& other) noexcept : group_(std::exchange(other.group_, {})) {}

ActAsOwner::~ActAsOwner() {
    // With half of its rights the program must not go on.
    if (group_ && !act_as(0, *group_, false)) std::abort();
}

}  // namespace clockwright::system
