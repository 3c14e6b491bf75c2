#include "lab/generated_worlds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <utility>

namespace clockwright::lab {
namespace {

/// Draws that give the same numbers with every standard library.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : random_(seed * 0x9e37'79b9'7f4a'7c15U + 1) {}

    double uniform(double low, double high) {
        return low + (high - low) * std::ldexp(static_cast<double>(random_() >> 11U), -53);
    }
    /// Every order of magnitude alike.
    double scaled(double low, double high) {
        return std::exp(uniform(std::log(low), std::log(high)));
    }
    double normal(double deviation) {
        const double radius = std::sqrt(-2 * std::log(1 - uniform(0, 1)));
        return deviation * radius * std::cos(2 * std::numbers::pi * uniform(0, 1));
    }
    bool chance(double share) { return uniform(0, 1) < share; }
    int whole(int low, int high) {
        return std::min(high, static_cast<int>(std::floor(uniform(low, high + 1.0))));
    }
    double sign() { return chance(0.5) ? 1 : -1; }

  private:
    std::mt19937_64 random_;
};

/// What all paths beyond the gateway have in common.
struct AccessLink {
    double out = 0, back = 0;  ///< seconds, one way
    double queueing = 0;       ///< mean of each way
};

enum class Place { lan, metro, wan };

/// Builds one world; every step draws in a fixed order.
class Maker {
  public:
    Maker(std::uint64_t seed, const Harshness& harshness, Seconds scan_end, Seconds life)
        : dice_(seed), harshness_(harshness), scan_end_(scan_end.count()), life_(life.count()) {
        made_.world.seed = seed;
        made_.world.title = fmt::format("generated world {}", seed);
    }

    GeneratedWorld make() {
        made_.client_error = Seconds{dice_.sign() * dice_.scaled(2e-3, 2)};
        made_.client_drift = Ppm{dice_.normal(15)};
        draw_access_link();
        const int count = dice_.whole(harshness_.least_servers, harshness_.most_servers);
        const int in_lan = dice_.chance(0.5) ? dice_.whole(1, 2) : 0;
        const int metro = dice_.whole(2, 5);
        for (int i = 0; i < count; ++i) {
            add(i < in_lan ? Place::lan : i < in_lan + metro ? Place::metro : Place::wan);
        }
        made_.is_false.resize(made_.world.servers.size());
        make_liars();
        make_mortal();
        make_smearers();
        return std::move(made_);
    }

  private:
    void draw_access_link() {
        const double round_trip = dice_.scaled(0.6e-3, 20e-3);
        const double share = dice_.chance(0.5) ? dice_.uniform(0.35, 0.65) : 0.5;
        link_ = {.out = share * round_trip,
                 .back = (1 - share) * round_trip,
                 .queueing = dice_.chance(0.3) ? dice_.scaled(0.5e-3, 8e-3) : 0.05e-3};
    }

    void add(Place place) {
        const int number = static_cast<int>(made_.world.servers.size());
        ServerSpec server;
        server.name = fmt::format("server{}.example", number);
        give_operator(server, place, number);
        give_path(server, place);
        give_header(server, place);
        made_.world.servers.push_back(std::move(server));
    }

    void give_operator(ServerSpec& server, Place place, int number) {
        if (place == Place::lan) {
            server.operator_name = "own";
            server.endpoint.address = *parse_address(fmt::format("10.0.0.{}", number + 1));
            return;
        }
        const int company = dice_.whole(0, 9);
        // Half of the small ones have no known operator.
        server.operator_name = company >= 8 ? "" : fmt::format("operator {}", company);
        server.endpoint.address = *parse_address(
            fmt::format("198.51.{}.{}",
                        company >= 8 ? 100 + number : company * 4 + dice_.whole(0, 3), number + 1));
    }

    void give_path(ServerSpec& server, Place place) {
        if (place == Place::lan) {
            const double round_trip = dice_.scaled(0.1e-3, 0.8e-3);
            set_path(server, round_trip, 0.5 + dice_.normal(0.02), 0.02e-3);
            return;
        }
        const bool is_metro = place == Place::metro;
        const double round_trip = is_metro ? dice_.scaled(1e-3, 8e-3) : dice_.scaled(10e-3, 180e-3);
        const bool strongly = !is_metro && dice_.chance(harshness_.asymmetric);
        const double skew =
            strongly ? dice_.sign() * dice_.uniform(0.08, 0.35) : dice_.normal(0.015);
        const double busy = dice_.chance(0.2) ? dice_.scaled(2e-3, 15e-3)
                                              : dice_.scaled(0.05e-3, is_metro ? 0.3e-3 : 2e-3);
        set_path(server, round_trip, 0.5 + skew, busy + link_.queueing);
        server.delay_out += Seconds{link_.out};
        server.delay_back += Seconds{link_.back};
        server.loss = dice_.chance(0.2) ? dice_.uniform(0.02, 0.25) : 0.002;
    }

    static void set_path(ServerSpec& server, double round_trip, double share, double queueing) {
        const double out = std::clamp(share, 0.02, 0.98) * round_trip;
        server.delay_out = Seconds{out};
        server.delay_back = Seconds{round_trip - out};
        server.jitter = Seconds{queueing};
    }

    /// Honest: its error is a tenth of what it admits.
    void give_header(ServerSpec& server, Place place) {
        const bool primary = dice_.chance(place == Place::lan ? 0.5 : 0.35);
        server.stratum = static_cast<std::uint8_t>(primary ? 1 : dice_.whole(2, 3));
        server.refid =
            primary ? 0x47505300U : 0x0a400000U + static_cast<std::uint32_t>(dice_.whole(1, 200));
        server.root_delay = Seconds{primary ? 0 : dice_.scaled(0.3e-3, 30e-3)};
        server.root_dispersion =
            Seconds{primary ? dice_.scaled(0.05e-3, 1e-3) : dice_.scaled(0.3e-3, 15e-3)};
        server.offset =
            0.1 * Seconds{dice_.normal((server.root_delay / 2 + server.root_dispersion).count())};
        server.drift = Ppm{dice_.normal(0.01)};
    }

    void make_liars() {
        auto& servers = made_.world.servers;
        const auto count = static_cast<double>(servers.size());
        const int quota = static_cast<int>(
            std::lround(count * dice_.uniform(harshness_.least_false, harshness_.most_false)));
        const bool one_operator = dice_.chance(1.0 / 6);
        const double common = dice_.sign() * dice_.scaled(5e-3, 10);
        const std::string company = fmt::format("operator {}", dice_.whole(0, 7));
        int liars = 0;
        for (std::size_t i = 0; one_operator && i < servers.size() && liars < quota; ++i) {
            if (servers[i].operator_name == company) liars += make_liar(i, common);
        }
        while (liars < quota) {
            const auto i = static_cast<std::size_t>(dice_.whole(0, static_cast<int>(count) - 1));
            const double error = dice_.sign() * dice_.scaled(5e-3, 10);
            if (!made_.is_false[i] && servers[i].operator_name != "own")
                liars += make_liar(i, error);
        }
    }

    int make_liar(std::size_t i, double error) {
        ServerSpec& server = made_.world.servers[i];
        made_.is_false[i] = true;
        server.offset = Seconds{error};
        if (dice_.chance(0.5)) {
            server.stratum = 1;
            server.refid = 0x47505300U;
            server.root_delay = Seconds{0};
            server.root_dispersion = Seconds{15e-6};
        }
        return 1;
    }

    /// Some good ones go bad after the scan.
    void make_mortal() {
        for (std::size_t i = 0; i < made_.world.servers.size(); ++i) {
            const double when = dice_.uniform(scan_end_, life_);
            const double step = dice_.sign() * dice_.scaled(50e-3, 2);
            const bool falls = dice_.chance(0.1), dies = dice_.chance(0.5);
            ServerSpec& server = made_.world.servers[i];
            if (!falls || made_.is_false[i]) continue;
            (dies ? server.dies_at : server.step_at) = Seconds{when};
            if (!dies) server.step = Seconds{step};
        }
    }

    void make_smearers() {
        if (!dice_.chance(0.25)) return;
        const std::string company = fmt::format("operator {}", dice_.whole(0, 7));
        for (ServerSpec& server : made_.world.servers) {
            if (server.operator_name == company) server.smear = Smear::google;
        }
    }

    Dice dice_;
    const Harshness& harshness_;
    double scan_end_, life_;
    AccessLink link_;
    GeneratedWorld made_;
};

}  // namespace

GeneratedWorld generate_world(std::uint64_t seed, const Harshness& harshness, Seconds scan_end,
                              Seconds life) {
    return Maker(seed, harshness, scan_end, life).make();
}

}  // namespace clockwright::lab
