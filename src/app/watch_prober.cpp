#include "app/watch_prober.h"

#include <limits>
#include <string>
#include <utility>

#include "app/cli.h"
#include "app/known_servers.h"
#include "app/scan_memory.h"
#include "app/scan_request.h"
#include "system/clock.h"
#include "system/scan_driver.h"

namespace clockwright::app {
namespace {

constexpr Seconds patience{1.5}, short_patience{0.8};
constexpr std::chrono::seconds self_rest{64};

/// Steady watching (product.md, *Manners of a scan*): one packet, and 64 s until the next. It has
/// no end, so no number of addresses either: whom it asks, the user and the daemon name.
constexpr ntp::Manners steady_manners{.series = 1,
                                      .spacing = Seconds{64},
                                      .further = Seconds{64},
                                      .series_rest = Seconds{64},
                                      .addresses = std::numeric_limits<int>::max(),  // listed
                                      .wait = Seconds{0}};

Answer answer_of(const Candidate& asked, system::ProbeOutcome outcome) {
    Answer answer;
    answer.host = asked.source.as_written;
    if (outcome.endpoint) answer.address = outcome.endpoint->address;
    answer.series = std::move(outcome.series);
    answer.nts = std::move(outcome.nts);
    answer.not_asked = outcome.not_asked;
    answer.why = std::move(outcome.why);
    answer.refused = outcome.reused || outcome.too_soon;
    return answer;
}

}  // namespace

WatchProber::WatchProber() : memory_(steady_manners) {}

std::vector<Answer> WatchProber::ask(const effect::Ask& ask, const Config& config) {
    std::vector<Answer> answers;
    answers.reserve(ask.questions.size());
    std::string no_blocks;
    const auto blocks = known_blocks(config, &no_blocks);
    if (!blocks) no_blocks = blocks.error().message;
    const Now now = system::read_clocks();
    if (!self_ || now.steady - described_ >= self_rest) {
        self_ = system::describe_self();
        described_ = now.steady;
    }
    Command command;
    command.quiet = true;
    command.samples = 1;
    const BlockList none;
    system::ScanSettings settings = scan_settings(command, blocks ? *blocks : none, now.wall);
    std::optional<std::string> no_strangers;  // empty: none is among these
    settings.before_strangers = [&] {
        no_strangers = no_blocks.empty() ? memory_.hold(config.state.directory)
                                         : "it is not known who is blocked: " + no_blocks;
        return *no_strangers;
    };
    settings.announce = [&](int, const std::vector<Endpoint>& to) {
        if (no_strangers && no_strangers->empty()) memory_.plan(to, system::read_clocks());
    };
    settings.progress = {};
    settings.manners = steady_manners;
    settings.loop = &loop_;
    settings.sockets = &sockets_;
    settings.keys = &keys_;
    settings.self = self_;
    settings.time_out = config.agent.mode == "ultrafast" ? short_patience : patience;
    settings.spacing = ask.spacing;
    settings.steady = true;
    std::vector<system::ProbeTarget> targets;
    targets.reserve(ask.questions.size());
    for (const Question& question : ask.questions) {
        targets.push_back(target_of(question.whom, settings.family));
        targets.back().samples = question.packets;
    }
    auto outcomes =
        system::scan(std::move(targets), settings, memory_.budget(), memory_.exchanges());
    if (no_strangers && no_strangers->empty()) {
        if (auto kept = memory_.keep(system::read_clocks()); !kept)
            no_strangers = why_no_strangers(kept.error());
    }
    if (no_strangers) fault_.note("no public server is watched", *no_strangers);
    for (std::size_t i = 0; i < ask.questions.size(); ++i) {
        const Candidate& whom = ask.questions[i].whom;
        if (outcomes) {
            answers.push_back(answer_of(whom, std::move((*outcomes)[i])));
            continue;
        }
        Answer nothing;
        nothing.host = whom.source.as_written;
        nothing.why = outcomes.error().message;
        nothing.refused = true;  // nothing was sent: it tells nothing of the server
        answers.push_back(std::move(nothing));
    }
    return answers;
}

}  // namespace clockwright::app
