/// Worlds drawn at random, by seed: what the choice of a set is measured against
/// (docs/selection.md).
#pragma once

#include <cstdint>
#include <vector>

#include "lab/rehearsal.h"
#include "lab/world.h"

namespace clockwright::lab {

/// How hard the worlds are. The defaults are those of docs/selection.md.
struct Harshness {
    double least_false = 0.10, most_false = 0.25;  ///< share of falsetickers
    double asymmetric = 0.35;                      ///< share of WAN paths strongly asymmetric
    int least_servers = 12, most_servers = 20;
};

/// A world with what only its maker knows.
struct GeneratedWorld {
    World world;                 ///< addresses outside loopback: for rehearsals only
    std::vector<bool> is_false;  ///< by server: lies from the start
    Seconds client_error{0};     ///< the client's clock minus true time, 2 ms – 2 s either way
    Ppm client_drift{0};
};

/// LAN (in half of the worlds), metro and WAN servers of some ten operators behind one access link,
/// with its own asymmetry and congestion. Falsetickers are wrong by 5 ms – 10 s; half of them pose
/// as stratum 1 with next to no root distance; in one world of six they are one operator, wrong by
/// one value. One server in ten of the honest steps by 50 ms – 2 s or dies after `scan_end`. In one
/// world of four some servers smear (no leap second comes). The same seed gives the same world
/// everywhere.
GeneratedWorld generate_world(std::uint64_t seed, const Harshness& harshness = {},
                              Seconds scan_end = Seconds{60}, Seconds life = Seconds{7200});

}  // namespace clockwright::lab
