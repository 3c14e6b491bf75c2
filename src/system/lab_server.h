/// Serves a lab world on real UDP sockets of 127.0.0.0/8 and ::1.
#pragma once

#include <functional>

#include "lab/world.h"
#include "result.h"

namespace clockwright::system {

/// Binds every server of the world, calls `ready` once, serves until a signal comes. One thread.
/// Replies without a delay leave at once, in bursts; the others by timer. Fault::failed names the
/// address that could not be bound; then none stays bound.
Result<void> serve_world(const lab::World& world, const std::function<void()>& ready);

}  // namespace clockwright::system
