#include "tests/world/trial.h"

#include <algorithm>
#include <cmath>

#include "tests/world/strategies.h"

namespace clockwright::worlds {
namespace {

constexpr Seconds poll{64};

/// No number is divided by less than what a clock can be read to.
double floored(Seconds error) {
    return std::max(error.count(), 1e-6);
}

Score score_of(const std::vector<Trial>& trials, std::size_t strategy) {
    Score score;
    score.strategy = strategies()[strategy].name;
    std::vector<Seconds> errors;
    double sum = 0, squares = 0;
    for (const Trial& trial : trials) {
        const Seconds error = trial.errors[strategy].rms;
        const double ratio = std::log(floored(error) / floored(trial.errors[0].rms));
        errors.push_back(error);
        score.over_10_ms += error > Seconds{0.010};
        sum += ratio;
        squares += ratio * ratio;
    }
    std::ranges::sort(errors);
    const auto n = static_cast<double>(errors.size());
    const double mean = sum / n;
    const double half = 1.96 * std::sqrt(std::max(0.0, squares / n - mean * mean) / n);
    score.median = errors[errors.size() / 2];
    score.worst = errors.back();
    score.ratio = std::exp(mean);
    score.ratio_low = std::exp(mean - half);
    score.ratio_high = std::exp(mean + half);
    return score;
}

}  // namespace

std::vector<Candidate> candidates_of(const lab::World& world, const std::vector<Series>& series) {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < world.servers.size(); ++i) {
        const lab::ServerSpec& spec = world.servers[i];
        Candidate it;
        it.source.as_written = it.source.host.name = spec.name;
        it.source.operator_name = spec.operator_name;
        it.source.smear = spec.smear;
        it.address = spec.endpoint.address;
        it.series = series[i];
        candidates.push_back(std::move(it));
    }
    return candidates;
}

Trial run_trial(std::uint64_t seed, const lab::Harshness& harshness, int polls) {
    const Seconds scan_end{60}, life = scan_end + polls * poll;
    Trial trial;
    trial.made = lab::generate_world(seed, harshness, scan_end, life);
    const auto scan = lab::rehearse(trial.made.world, {.samples = 4,
                                                       .spacing = Seconds{2},
                                                       .client_error = trial.made.client_error,
                                                       .client_drift = trial.made.client_drift,
                                                       .begin = Seconds{0},
                                                       .seed = seed});
    trial.candidates = candidates_of(trial.made.world, scan.series);
    trial.selection = select(trial.candidates, {});
    lab::World later = trial.made.world;
    later.seed += 1'000'000;  // other queueing than that of the scan
    trial.polls = lab::rehearse(later, {.samples = polls,
                                        .spacing = poll,
                                        .client_error = Seconds{0},
                                        .client_drift = Ppm{0},
                                        .begin = scan_end,
                                        .seed = seed})
                      .series;
    for (const Strategy& strategy : strategies()) {
        const Members members = strategy.choose(trial.candidates, trial.selection, seed);
        trial.errors.push_back(follow(trial.polls, members, poll, trial.made.client_error));
    }
    return trial;
}

std::vector<Score> scores_of(const std::vector<Trial>& trials) {
    std::vector<Score> scores;
    for (std::size_t i = 0; i < strategies().size(); ++i) scores.push_back(score_of(trials, i));
    return scores;
}

}  // namespace clockwright::worlds
