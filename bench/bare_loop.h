/// The yardstick of goal P8: the least code that asks servers with kernel stamps.
#pragma once

#include <vector>

#include "time/address.h"
#include "time/units.h"

namespace clockwright::bench {

/// `rounds` times, `spacing` apart: one request to each server on a connected socket of its own,
/// its transmit stamp from the error queue, one epoll wait for the burst, every reply with its
/// receive stamp. Returns how many replies came with a stamp. Nothing is decoded, judged or
/// scheduled.
int run_bare_loop(const std::vector<Endpoint>& servers, int rounds, Seconds spacing);

}  // namespace clockwright::bench
