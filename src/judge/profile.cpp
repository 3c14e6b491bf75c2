#include "judge/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "time/spell.h"

namespace clockwright {
namespace {

constexpr std::array profiles = {
    Profile{},
    Profile{.name = "reliable", .loss = Seconds{0.020}},
    Profile{.name = "low-latency", .delay = 0.1},
    Profile{.name = "dev", .count = 4, .minimum = 3},
};

}  // namespace

std::optional<Profile> find_profile(std::string_view name) {
    const auto found = std::ranges::find(profiles, name, &Profile::name);
    return found == profiles.end() ? std::nullopt : std::optional(*found);
}

Seconds cost_of(const ServerStats& stats, const Profile& profile) {
    return profile.error * stats.expected_error + profile.loss * stats.loss +
           profile.delay * stats.delay_min;
}

std::string spell_cost(const ServerStats& stats, const Profile& profile) {
    if (profile.loss == Seconds{0} && profile.delay == 0) return {};
    std::string text =
        fmt::format("{} x expected error {}", profile.error, spell(stats.expected_error));
    if (profile.loss > Seconds{0}) {
        text += fmt::format(" + {} x loss {:.0f} %", spell(profile.loss), 100 * stats.loss);
    }
    if (profile.delay > 0) {
        text += fmt::format(" + {} x delay {}", profile.delay, spell(stats.delay_min));
    }
    return text;
}

}  // namespace clockwright
