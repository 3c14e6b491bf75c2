/// A process that serves a lab world without ever sleeping.
#pragma once

#include <sys/types.h>

#include "lab/world.h"

namespace clockwright::bench {

/// Servers on this machine are woken by the sender's own system call, and who sends more slowly
/// wakes them more often. A real server is elsewhere, so here it is kept awake, and what is
/// measured is the sender. Replies leave at once, whatever delay the world asks for.
class BusyLab {
  public:
    explicit BusyLab(const lab::World& world);
    ~BusyLab();
    BusyLab(const BusyLab&) = delete;
    BusyLab& operator=(const BusyLab&) = delete;

  private:
    pid_t process_ = -1;
};

}  // namespace clockwright::bench
