#include "find/block_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "time/spell.h"

namespace clockwright {
namespace {

constexpr std::chrono::hours block_time{24}, longest_block{7 * 24}, count_apart{1};
constexpr std::chrono::hours remembered_for{30 * 24};
constexpr int scans_on_end = 3;
constexpr std::size_t most_standings = 4096;
constexpr std::uint16_t any_port = ntp_port;

constexpr std::array<std::string_view, 5> reason_words{"user", "time-outs", "DENY/RSTR", "RATE",
                                                       "falseticker"};

bool covers(const HostName& key, std::string_view name, std::uint16_t port) {
    return key.name == name && (key.port == any_port || key.port == port);
}

/// The user's block stands until it is over. One of our own that ends later than any of ours can is
/// from a clock that was wrong.
bool is_in_force(const Block& block, WallTime now) {
    if (!block.until) return true;
    if (now >= *block.until) return false;
    return block.reason == BlockReason::user || *block.until - now <= longest_block;
}

Standing& standing_of(BlockList& list, const HostName& key) {
    const auto found = std::ranges::find(list, key, &Standing::server);
    if (found != list.end()) return *found;
    list.push_back({});
    list.back().server = key;
    return list.back();
}

Standing* find_standing(BlockList& list, const HostName& key) {
    const auto found = std::ranges::find(list, key, &Standing::server);
    return found == list.end() ? nullptr : &*found;
}

HostName address_key(const Endpoint& endpoint) {
    return {.name = to_string(endpoint.address), .port = endpoint.port};
}

std::chrono::hours next_block(int blocks) {
    const auto doubled = block_time * (1 << std::clamp(blocks, 0, 3));
    return std::min<std::chrono::hours>(doubled, longest_block);
}

bool is_empty(const Standing& standing) {
    return !standing.block && !standing.allowance && standing.silent_scans == 0 &&
           standing.false_scans == 0 && standing.blocks == 0;
}

/// One scan being learnt from.
class Lesson {
  public:
    Lesson(BlockList& list, const std::vector<Hearing>& hearings, int silenced, WallTime now)
        : list_(list), now_(now), kisses_left_(0) {
        const auto asked = static_cast<int>(hearings.size());
        const auto nothing = std::ranges::count(hearings, Heard::nothing, &Hearing::heard);
        silence_counts_ = 2 * nothing <= asked;
        kisses_left_ = std::max(0, (asked + silenced) / 3 - silenced);
    }

    void take(const Hearing& hearing) {
        switch (hearing.heard) {
            case Heard::time:
                return answered(hearing);
            case Heard::nothing:
                if (silence_counts_) count(hearing, &Standing::silent_scans);
                return;
            case Heard::false_time:
                return count(hearing, &Standing::false_scans);
            case Heard::denied:
            case Heard::rate:
                return kissed(hearing);
        }
    }

    std::vector<std::string> remarks() {
        if (spared_ > 0) {
            remarks_.push_back(fmt::format(
                "{} more server{} sent a kiss and stay{} unblocked: kisses silence at most a third "
                "of a set, since somebody on the way could forge them.",
                spared_, spared_ == 1 ? "" : "s", spared_ == 1 ? "s" : ""));
        }
        return std::move(remarks_);
    }

  private:
    void answered(const Hearing& hearing) {
        if (list_.empty()) return;
        Standing* standing = find_standing(list_, address_key(hearing.endpoint));
        if (standing == nullptr) return;
        standing->silent_scans = standing->false_scans = 0;
        standing->blocks = std::max(0, standing->blocks - 1);
        standing->last_heard_from = now_;
        if (standing->block && !is_in_force(*standing->block, now_)) standing->block.reset();
    }

    /// One scan against it, if the last was an hour ago; the third on end blocks.
    void count(const Hearing& hearing, int Standing::* scans) {
        Standing& standing = known(hearing);
        const bool counted = standing.silent_scans + standing.false_scans > 0;
        if (counted && now_ >= standing.last_counted && now_ - standing.last_counted < count_apart)
            return;
        standing.last_counted = now_;
        const bool is_silence = scans == &Standing::silent_scans;
        (is_silence ? standing.false_scans : standing.silent_scans) = 0;
        if (++(standing.*scans) < scans_on_end || !may_block(hearing)) return;
        const int seen = std::exchange(standing.*scans, 0);
        block(standing, is_silence ? BlockReason::time_outs : BlockReason::falseticker,
              fmt::format("it {} in {} scans on end",
                          is_silence ? "did not answer" : "disagreed with the majority", seen),
              next_block(standing.blocks++));
    }

    void kissed(const Hearing& hearing) {
        if (!may_block(hearing)) return;
        if (kisses_left_ == 0) {
            ++spared_;
            return;
        }
        --kisses_left_;
        Standing& standing = known(hearing);
        if (hearing.heard == Heard::rate)
            return block(standing, BlockReason::rate, "it sent RATE: asked too often", block_time);
        block(standing, BlockReason::denied, "it sent DENY or RSTR: we are not welcome",
              next_block(standing.blocks++));
    }

    Standing& known(const Hearing& hearing) {
        Standing& standing = standing_of(list_, address_key(hearing.endpoint));
        if (hearing.host.name != standing.server.name) standing.seen_as = hearing.host.name;
        standing.last_heard_from = now_;
        return standing;
    }

    bool may_block(const Hearing& hearing) const {
        return !hearing.listed_by_user &&
               !is_allowed(list_, hearing.host, hearing.endpoint.address);
    }

    void block(Standing& standing, BlockReason reason, std::string why, std::chrono::hours length) {
        standing.block = Block{reason, std::move(why), now_, now_ + length};
        const std::string name = standing.seen_as.empty() ? standing.server.name : standing.seen_as;
        remarks_.push_back(fmt::format("{} is {}.", printable(name), block_text(standing)));
    }

    BlockList& list_;
    WallTime now_;
    int kisses_left_;
    bool silence_counts_ = false;
    int spared_ = 0;
    std::vector<std::string> remarks_;
};

}  // namespace

std::string_view to_string(BlockReason reason) {
    return reason_words.at(static_cast<std::size_t>(reason));
}

std::optional<BlockReason> parse_block_reason(std::string_view text) {
    const auto found = std::ranges::find(reason_words, text);
    if (found == reason_words.end()) return std::nullopt;
    return static_cast<BlockReason>(found - reason_words.begin());
}

HostName standing_key(const HostName& host) {
    HostName key{.name = host.name, .port = host.nts ? any_port : host.port};
    if (const auto address = parse_address(key.name)) {
        key.name = to_string(*address);
        return key;
    }
    for (char& letter : key.name) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    return key;
}

bool is_allowed(const BlockList& list, const HostName& host,
                const std::optional<IpAddress>& address) {
    const HostName key = standing_key(host);
    const std::string at = address ? to_string(*address) : std::string{};
    return std::ranges::any_of(list, [&](const Standing& standing) {
        return standing.allowance && (covers(standing.server, key.name, key.port) ||
                                      covers(standing.server, at, key.port));
    });
}

const Standing* blocked(const BlockList& list, const HostName& host,
                        const std::optional<IpAddress>& address, WallTime now) {
    if (list.empty()) return nullptr;
    const HostName key = standing_key(host);
    const std::string at = address ? to_string(*address) : std::string{};
    const bool allowed = is_allowed(list, host, address);
    const auto found = std::ranges::find_if(list, [&](const Standing& standing) {
        return standing.block && is_in_force(*standing.block, now) &&
               (standing.block->reason == BlockReason::user || !allowed) &&
               (covers(standing.server, key.name, key.port) ||
                covers(standing.server, at, key.port));
    });
    return found == list.end() ? nullptr : &*found;
}

std::string block_text(const Standing& standing) {
    const Block& block = standing.block.value();
    const std::string until =
        block.until ? "until " + rfc3339(*block.until) : std::string("until it is allowed");
    if (block.reason != BlockReason::user)
        return fmt::format("blocked {} because {}", until, printable(block.why));
    return fmt::format("blocked {} because the user said so{}", until,
                       block.why.empty() ? "" : ": " + printable(block.why));
}

void block_by_user(BlockList& list, const HostName& host, std::string why,
                   std::optional<WallTime> until, WallTime now) {
    Standing& standing = standing_of(list, standing_key(host));
    standing.allowance.reset();
    standing.block = Block{BlockReason::user, std::move(why), now, until};
    standing.last_heard_from = now;
}

bool allow_by_user(BlockList& list, const HostName& host, std::string why, WallTime now) {
    const HostName key = standing_key(host);
    bool lifted = false;
    for (Standing& standing : list) {
        const bool meant = covers(key, standing.server.name, standing.server.port) ||
                           (standing.block && standing.block->reason != BlockReason::user &&
                            standing_key({standing.seen_as}).name == key.name);
        if (!meant) continue;
        lifted = lifted || (standing.block && is_in_force(*standing.block, now));
        standing.block.reset();
        standing.silent_scans = standing.false_scans = standing.blocks = 0;
    }
    Standing& standing = standing_of(list, key);
    standing.allowance = Allowance{std::move(why), now};
    standing.last_heard_from = now;
    return lifted;
}

std::vector<std::string> learn(BlockList& list, std::vector<Hearing> hearings, int silenced,
                               WallTime now) {
    std::ranges::sort(hearings, {}, &Hearing::endpoint);
    const auto twins = std::ranges::unique(hearings, {}, &Hearing::endpoint);
    hearings.erase(twins.begin(), twins.end());
    Lesson lesson(list, hearings, silenced, now);
    for (const Hearing& hearing : hearings) lesson.take(hearing);
    forget_old(list, now);
    return lesson.remarks();
}

void forget_old(BlockList& list, WallTime now) {
    for (Standing& standing : list) {
        if (standing.block && !is_in_force(*standing.block, now)) standing.block.reset();
    }
    std::erase_if(list, [&](const Standing& standing) {
        const bool said_by_user = standing.block || standing.allowance;
        return is_empty(standing) ||
               (!said_by_user && now - standing.last_heard_from > remembered_for);
    });
    if (list.size() <= most_standings) return;
    std::ranges::stable_sort(list, std::greater{}, [](const Standing& standing) {
        const bool by_user =
            standing.allowance || (standing.block && standing.block->reason == BlockReason::user);
        return std::pair(by_user, standing.last_heard_from);
    });
    list.resize(most_standings);
}

}  // namespace clockwright
