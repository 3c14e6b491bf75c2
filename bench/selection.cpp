// The table of docs/selection.md: what each way to choose servers is worth in generated worlds.
// bench_selection [WORLDS] [FIRST_SEED] [--harsh] [--many]

#include <fmt/format.h>

#include <charconv>
#include <string_view>
#include <vector>

#include "tests/world/trial.h"
#include "time/spell.h"

namespace {

std::uint64_t number(std::string_view text, std::uint64_t otherwise) {
    std::from_chars(text.data(), text.data() + text.size(), otherwise);
    return otherwise;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace clockwright;
    std::vector<std::string_view> words(argv + 1, argv + argc);
    lab::Harshness harshness;
    const auto take = [&](std::string_view word) { return std::erase(words, word) > 0; };
    if (take("--harsh")) {
        harshness = {.least_false = 0.25, .most_false = 0.35, .asymmetric = 0.7};
    }
    if (take("--many")) harshness.least_servers = harshness.most_servers = 40;
    const std::uint64_t count = words.empty() ? 1000 : number(words[0], 1000);
    const std::uint64_t first = words.size() < 2 ? 1 : number(words[1], 1);
    std::vector<worlds::Trial> trials;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        trials.push_back(worlds::run_trial(seed, harshness));
    }
    fmt::print(
        "| strategy | median RMS | worst world | worlds > 10 ms | gm (95 %) |\n"
        "|---|---|---|---|---|\n");
    for (const worlds::Score& it : worlds::scores_of(trials)) {
        fmt::print("| {} | {} | {} | {:.1f} % | {:.2f} ({:.2f}–{:.2f}) |\n", it.strategy,
                   spell(it.median), spell(it.worst),
                   100.0 * it.over_10_ms / static_cast<double>(count), it.ratio, it.ratio_low,
                   it.ratio_high);
    }
}
