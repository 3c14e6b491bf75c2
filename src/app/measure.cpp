#include "app/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/known_servers.h"
#include "app/output.h"
#include "app/scan_memory.h"
#include "app/scan_request.h"
#include "system/clock.h"
#include "system/scan_driver.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

bool has_answered(const Series& series) {
    return !series.samples.empty() || series.kiss != 0;
}

void note_block(Candidate& candidate, const BlockList& blocks, WallTime now, Measured& measured) {
    const Standing* standing = blocked(blocks, candidate.source.host, candidate.address, now);
    if (standing == nullptr) return;
    const BlockReason reason = standing->block->reason;
    candidate.blocked_by_user = reason == BlockReason::user;
    if (is_named_now(candidate)) {
        measured.notes.push_back(fmt::format("{} is {}; it was asked because it was named.",
                                             printable(candidate.source.as_written),
                                             block_text(*standing)));
    } else if (reason == BlockReason::denied || reason == BlockReason::rate) {
        ++measured.silenced;
    }
}

/// What was known when the scan began.
struct Before {
    const BlockList& blocks;
    const ScanMemory& memory;
    const Now& began;
};

/// The series that are remembered, all of one clock.
struct Recalled {
    int servers = 0;
    Seconds oldest{}, set{};
};

std::string recalled_text(const Recalled& recalled) {
    const bool one = recalled.servers == 1;
    std::string text = fmt::format(
        "{} server{} asked within the hour and {} not asked again: what {} answered {} ago serves, "
        "{} less certain.",
        recalled.servers, one ? " was" : "s were", one ? "is" : "are", one ? "it" : "they",
        spell_age(recalled.oldest), spell_bound(phi * recalled.oldest));
    if (recalled.set != Seconds{0})
        text += fmt::format(" This clock was moved by {} since, which is taken off.",
                            spell_signed(recalled.set));
    return text;
}

void recall(Candidate& candidate, const Endpoint& endpoint, const Before& before,
            Measured& measured, Recalled& recalled) {
    const auto remembered = before.memory.recall(candidate, endpoint, before.began);
    if (!remembered) return;
    measured.fresh = false;
    if (candidate.series.samples.empty()) return;
    ++recalled.servers;
    recalled.oldest = std::max(recalled.oldest, remembered->age);
    if (std::abs(remembered->set.count()) > std::abs(recalled.set.count()))
        recalled.set = remembered->set;
}

/// The series; that of a stranger stays with the outcome too, which is remembered afterwards.
Series series_of(system::ProbeOutcome& outcome) {
    const bool stranger = outcome.endpoint && outcome.endpoint->address.is_public();
    return stranger ? outcome.series : std::move(outcome.series);
}

/// A series whose packets left in this run, by whatever names its server was asked for.
struct Sent {
    Endpoint to;
    bool by_nts;  ///< with and without are two series of one server
    int packets;

    friend auto operator<=>(const Sent&, const Sent&) = default;
};

void count_packets(std::vector<Sent> sent, Measured& measured) {
    if (!std::ranges::is_sorted(sent)) std::ranges::sort(sent);  // mostly they are
    const auto repeated = std::ranges::unique(sent);
    sent.erase(repeated.begin(), repeated.end());
    measured.asked.reserve(sent.size());
    for (const Sent& one : sent) {
        measured.packets += one.packets;
        if (measured.asked.empty() || measured.asked.back() != one.to)
            measured.asked.push_back(one.to);
    }
}

void take_outcomes(std::vector<Candidate>& candidates, std::vector<system::ProbeOutcome>& outcomes,
                   const Before& before, Measured& measured) {
    std::vector<Sent> sent;
    sent.reserve(candidates.size());
    Recalled recalled;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        system::ProbeOutcome& outcome = outcomes[i];
        Candidate& candidate = candidates[i];
        if (outcome.endpoint) candidate.address = outcome.endpoint->address;
        candidate.series = series_of(outcome);
        candidate.not_asked = outcome.not_asked;
        candidate.not_asked_why = outcome.why;
        candidate.nts = outcome.nts;
        note_block(candidate, before.blocks, before.began.wall, measured);
        if (outcome.reused) recall(candidate, *outcome.endpoint, before, measured, recalled);
        if (!outcome.endpoint || outcome.reused || outcome.shared || candidate.series.sent == 0)
            continue;
        sent.push_back({*outcome.endpoint, outcome.nts.has_value(), candidate.series.sent});
    }
    count_packets(std::move(sent), measured);
    if (recalled.servers > 0) measured.notes.push_back(recalled_text(recalled));
}

}  // namespace

Result<Measured> measure(std::vector<Candidate> candidates, const Config& config,
                         const Command& command) {
    Measured measured;
    std::string block_remark;
    const BlockList blocks = TRY(known_blocks(config, &block_remark));
    if (!block_remark.empty()) measured.notes.push_back(block_remark);
    ScanMemory memory(config.state.directory);
    const Now began = system::read_clocks();
    system::ScanSettings settings = scan_settings(command, blocks, began.wall);
    settings.before_strangers = [&memory] { return memory.hold(); };
    settings.announce = [&, tell = settings.announce](int packets,
                                                      const std::vector<Endpoint>& endpoints) {
        measured.planned = packets;
        memory.plan(endpoints, settings.samples, strangers_among(candidates));
        tell(packets, endpoints);
    };
    auto outcomes = system::scan(targets_of(candidates, settings.family), settings, memory.budget(),
                                 memory.exchanges());
    clear_progress(command);
    if (!outcomes) {
        static_cast<void>(memory.keep({}, began));  // the error is told
        return std::unexpected(outcomes.error());
    }
    if (!memory.remark().empty())
        measured.notes.push_back("Memory of earlier scans: " + memory.remark() + ".");
    take_outcomes(candidates, *outcomes, {blocks, memory, began}, measured);
    if (std::ranges::none_of(candidates, [](const Candidate& candidate) {
            return from_stranger(candidate) && has_answered(candidate.series);
        })) {
        memory.nobody_answered();
    }
    if (auto kept = memory.keep(*outcomes, began); !kept) {
        measured.notes.push_back("What was sent cannot be remembered: " + kept.error().message +
                                 ".");
    }
    measured.candidates = std::move(candidates);
    measured.samples = settings.samples;
    return measured;
}

}  // namespace clockwright::app
