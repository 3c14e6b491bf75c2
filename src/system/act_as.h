/// The rights of somebody else, for a while.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "result.h"

namespace clockwright::system {

/// While it lives, root acts as the owner of a directory: what lies there may be a link to
/// anywhere, and whoever owns it shall reach no further by us than by himself. Of this
/// thread alone, which ends it as well.
class ActAsOwner {
  public:
    /// For others than root, in a directory of root's, and where there is none, nothing changes.
    static Result<ActAsOwner> of(const std::string& directory);
    ActAsOwner(ActAsOwner&& other) noexcept;
    ActAsOwner& operator=(ActAsOwner&&) = delete;
    ~ActAsOwner();

  private:
    ActAsOwner() = default;

    std::optional<::gid_t> group_;  ///< to be root's again; empty: nothing was changed
};

}  // namespace clockwright::system
