/// One at a time: exclusive locks on files.
#pragma once

#include <string>

#include "result.h"

namespace clockwright::store {

/// An exclusive lock that a dead process does not hold (flock on an open file).
class Lock {
  public:
    Lock(Lock&&) noexcept;
    Lock& operator=(Lock&&) noexcept;
    ~Lock();
    /// `path` is created 0600. Fault::refused with the pid when another clockwright holds it.
    static Result<Lock> take(const std::string& path);
    /// The same, but waits for whoever holds it: for what is never held long.
    static Result<Lock> await(const std::string& path);

  private:
    explicit Lock(int descriptor);
    int descriptor_ = -1;
};

}  // namespace clockwright::store
