#include "steer/stability.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace clockwright {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// x(i + 2n) − 2·x(i + n) + x(i) for each i; not a number where a gap lies beside or between them:
/// behind it the errors begin anew, and have nothing to do with those before.
std::vector<double> second_differences(std::span<const double> x, std::size_t n) {
    std::vector<double> differences;
    std::size_t begin = 0, seen = 0;  // of the stretch that the third error lies in
    for (std::size_t i = 0; i + 2 * n < x.size(); ++i) {
        for (; seen <= i + 2 * n; ++seen)
            if (std::isnan(x[seen])) begin = seen + 1;
        differences.push_back(begin <= i ? x[i + 2 * n] - 2 * x[i + n] + x[i] : missing);
    }
    return differences;
}

/// √(mean of squares / `divisor`), of the numbers there are.
std::optional<double> root_mean_square(std::span<const double> numbers, double divisor) {
    double sum = 0;
    std::size_t count = 0;
    for (const double number : numbers) {
        if (std::isnan(number)) continue;
        sum += number * number;
        ++count;
    }
    if (count == 0) return std::nullopt;
    return std::sqrt(sum / (divisor * static_cast<double>(count)));
}

/// The sum of each `n` neighbours.
std::vector<double> moving_sums(std::span<const double> numbers, std::size_t n) {
    std::vector<double> sums;
    for (std::size_t j = 0; j + n <= numbers.size(); ++j) {
        double sum = 0;
        for (std::size_t i = j; i < j + n; ++i) sum += numbers[i];
        sums.push_back(sum);
    }
    return sums;
}

std::optional<Seconds> greatest_interval_error(std::span<const double> x, std::size_t n) {
    std::optional<Seconds> greatest;
    for (std::size_t i = 0; i + n < x.size(); ++i) {
        const auto window = x.subspan(i, n + 1);
        if (std::ranges::any_of(window, [](double error) { return std::isnan(error); })) continue;
        const auto [least, most] = std::ranges::minmax(window);
        greatest = std::max(greatest.value_or(Seconds{0}), Seconds{most - least});
    }
    return greatest;
}

}  // namespace

Stability stability(std::span<const double> errors, Seconds spacing, std::size_t steps) {
    Stability found;
    const auto n = static_cast<double>(steps);
    found.tau = n * spacing;
    const double tau = found.tau.count();
    const std::vector<double> differences = second_differences(errors, steps);
    // σ²(τ) = 1/(2 τ² (N − 2n)) Σ (x(i+2n) − 2 x(i+n) + x(i))²
    found.terms = static_cast<std::size_t>(
        std::ranges::count_if(differences, [](double term) { return !std::isnan(term); }));
    found.adev = root_mean_square(differences, 2 * tau * tau);
    // Mod σ²(τ) = 1/(2 n² τ² (N − 3n + 1)) Σⱼ (Σᵢ …)²
    found.mdev = root_mean_square(moving_sums(differences, steps), 2 * n * n * tau * tau);
    if (found.mdev) found.tdev = Seconds{tau / std::sqrt(3.0) * *found.mdev};
    found.mtie = greatest_interval_error(errors, steps);
    return found;
}

std::vector<Stability> stabilities(std::span<const double> errors, Seconds spacing) {
    std::vector<Stability> all;
    for (std::size_t steps = 1; 5 * steps <= errors.size(); steps *= 2)
        all.push_back(stability(errors, spacing, steps));
    return all;
}

std::vector<double> free_errors(std::span<const SteeredLook> looks, Seconds spacing) {
    std::vector<double> errors;
    if (looks.empty()) return errors;
    double corrected = 0;
    const SteeredLook* before = nullptr;
    auto next = looks.begin();
    const Seconds length = looks.back().at - looks.front().at;
    for (std::size_t i = 0; static_cast<double>(i) * spacing <= length; ++i) {
        const WallTime moment = looks.front().at + to_nanoseconds(static_cast<double>(i) * spacing);
        while (next != looks.end() && Seconds(moment - next->at) > spacing / 2) ++next;
        if (next == looks.end() || Seconds(next->at - moment) > spacing / 2) {
            errors.push_back(missing);
            before = nullptr;
            corrected = 0;
            continue;
        }
        if (before != nullptr)
            corrected += before->frequency.value * 1e-6 * Seconds(next->at - before->at).count();
        before = &*next;
        // offset > 0: this clock is slow, so its error is the opposite.
        errors.push_back(-next->offset.count() - corrected);
    }
    return errors;
}

}  // namespace clockwright
