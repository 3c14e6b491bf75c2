/// A small world of time servers with known faults, described in TOML.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "result.h"
#include "time/address.h"
#include "time/sample.h"
#include "time/source.h"

namespace clockwright::lab {

/// How a server treats a request.
enum class Behaviour : std::uint8_t {
    answers,
    silent,
    garbage,
    wrong_origin,
    truncated,
    zero_timestamps,
    wrong_mode,
    kiss
};

std::string_view to_string(Behaviour behaviour);  ///< as in the file: "wrong_origin"

/// How a server treats a request for an interleaved answer (RFC 9769).
enum class Interleaving : std::uint8_t {
    no,     ///< answers as to any other
    yes,    ///< tells the true departure of its answer before
    wrong,  ///< calls an answer interleaved that is not
    drops   ///< does not answer
};

std::string_view to_string(Interleaving interleaving);  ///< as in the file: "yes"

/// Where a world's servers may listen.
enum class Neighbourhood : std::uint8_t {
    loopback,
    private_network  ///< also addresses that are nobody's on the internet: RFC 1918, 6598, 4193
};

std::string_view to_string(Neighbourhood neighbourhood);  ///< as in the file: "private"

/// One server; every figure has the sign and unit of its name. Times count from the world's start.
struct ServerSpec {
    std::string name;   ///< a label; shown as operator-independent name
    Endpoint endpoint;  ///< "127.0.1.1" or "127.0.1.1:11123"; the world's port by default
    std::string operator_name;
    Smear smear = Smear::unknown;
    Behaviour behaviour = Behaviour::answers;
    std::uint32_t kiss = 0;               ///< with Behaviour::kiss
    Seconds offset{0};                    ///< how far this server is from true time; > 0: ahead
    Seconds delay_out{0}, delay_back{0};  ///< one-way floors
    Seconds jitter{0};                    ///< mean of the exponential queueing added to each way
    double loss = 0;                      ///< share of exchanges lost, 0–1
    Ppm drift{0};                         ///< its clock runs fast (> 0)
    Seconds step_at{-1}, step{0};         ///< at step_at ≥ 0 its clock jumps by `step`
    Seconds dies_at{-1};                  ///< from then on it is silent; < 0: never
    std::uint8_t stratum = 2;
    Seconds root_delay{0}, root_dispersion{0.001};
    Leap leap = Leap::none;
    std::uint32_t refid = 0x7f7f0000;
    Interleaving interleaved = Interleaving::no;
    Seconds send_lag{0};  ///< its basic T3 is so much before the true departure
};

struct World {
    std::string title;
    std::uint16_t port = 11123;  ///< for servers that name none
    std::uint64_t seed = 1;      ///< same seed, same world, same answers
    Neighbourhood addresses = Neighbourhood::loopback;
    std::vector<ServerSpec> servers;
};

/// Every fault at once, one per line: "FILE:7: server[2].loss: 1.5 is not within 0–1", servers
/// counted from 1. Fault::bad_input. An unknown key is a fault; so are two servers on one endpoint,
/// an address outside the world's neighbourhood, no server at all, and NaN or infinite numbers. See
/// worlds/*.toml for the format; docs/worlds.md says each key.
Result<World> parse_world(std::string_view toml, std::string_view file_name);

}  // namespace clockwright::lab
