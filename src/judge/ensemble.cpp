#include "judge/ensemble.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "judge/preference.h"

namespace clockwright {
namespace {

/// One try: a set of a given size and smear class.
struct Attempt {
    std::vector<const Eligible*> members;
    std::vector<std::string> passed_over;  ///< parallel to the eligible ones
};

template <class Predicate>
int count_if(Eligibles eligible, Predicate predicate) {
    return static_cast<int>(std::ranges::count_if(eligible, predicate));
}

int foreign_members(Eligibles eligible) {
    return count_if(eligible, [](const Eligible& it) { return it.stays && it.usable; });
}

int foreign_falsetickers(Eligibles eligible) {
    return count_if(eligible,
                    [](const Eligible& it) { return it.stays && it.vote == Vote::against; });
}

/// Foreign sources vote whether they are members or not.
bool do_foreign_rule(Eligibles eligible, int members) {
    const int foreign =
        count_if(eligible, [](const Eligible& it) { return it.stays && it.vote != Vote::none; });
    const int outside = count_if(eligible, [](const Eligible& it) {
        return it.stays && !it.usable && it.vote != Vote::none;
    });
    return 2 * foreign >= members + outside;
}

/// Those that may go before a newcomer that is the same server.
std::vector<const Eligible*> configured_ones(Eligibles eligible) {
    std::vector<const Eligible*> configured;
    for (const Eligible& it : eligible) {
        if (it.stays || (it.present && it.usable)) {
            configured.push_back(&it);
        }
    }
    return configured;
}

/// Foreign sources that are no truechimers now.
std::vector<const Eligible*> down_ones(Eligibles eligible) {
    std::vector<const Eligible*> down;
    for (const Eligible& it : eligible) {
        if (it.stays && !it.usable) {
            down.push_back(&it);
        }
    }
    return down;
}

/// Is it the same server as one that is configured anyway?
bool is_present_already(const Eligible& newcomer, std::span<const Eligible* const> configured) {
    return std::ranges::any_of(configured, [&](const Eligible* it) {
        const bool goes_first = it->stays || !newcomer.present;
        return it != &newcomer && goes_first && share_server(it->ties, newcomer.ties);
    });
}

/// Builds one set of `size` members that smear as `smear` does.
class Builder {
  public:
    Builder(Eligibles eligible, const SetSettings& settings, int size, const Ties& smear)
        : eligible_(eligible),
          configured_(configured_ones(eligible)),
          down_(down_ones(eligible)),
          settings_(settings),
          size_(size),
          full_(fmt::format("the set has its {} members", size)),
          smear_(smear) {}

    /// Up to `skips` newcomers that could be taken are left out for those behind them.
    std::optional<Attempt> build(int skips) {
        attempt_.passed_over.resize(eligible_.size());
        std::vector<const Eligible*> newcomers;
        for (const Eligible* it : ranked(eligible_, settings_)) {
            if (!it->stays) {
                newcomers.push_back(it);
            } else if (it->usable) {
                attempt_.members.push_back(it);
            }
        }
        if (!fill(newcomers, false, skips)) {
            return std::nullopt;
        }
        std::ranges::sort(attempt_.members, has_less<&Eligible::expected_error>);
        return std::move(attempt_);
    }

    /// The most members that any try came to.
    std::size_t reached() const { return reached_; }

  private:
    /// Takes one after the other while the rules allow it, and goes back where that fills no set.
    bool fill(std::span<const Eligible* const> newcomers, bool lowered_too, int skips) {
        for (; !newcomers.empty(); newcomers = newcomers.subspan(1)) {
            const Eligible& next = *newcomers.front();
            const auto rest = newcomers.subspan(1);
            if (!lowered_too && has_crowded_upstream(next)) {
                lowered_.push_back(&next);
                const bool filled = fill(rest, lowered_too, skips);
                lowered_.pop_back();
                return filled;
            }
            std::string objection = why_passed_over(next);
            if (objection.empty()) {
                pass_over(next, "");
                attempt_.members.push_back(&next);
                if (fill(rest, lowered_too, skips)) {
                    return true;
                }
                attempt_.members.pop_back();
                if (skips == 0) {
                    return false;
                }
                --skips;
                objection = fmt::format("with it no {} servers are independent", size_);
            }
            pass_over(next, "passed over: " + objection);
        }
        if (!lowered_too) {
            const auto lowered = lowered_;
            return fill(lowered, true, skips);
        }
        reached_ = std::max(reached_, attempt_.members.size());
        return is_full();
    }

    void pass_over(const Eligible& newcomer, std::string why) {
        attempt_.passed_over[static_cast<std::size_t>(&newcomer - eligible_.data())] =
            std::move(why);
    }

    /// What a header claims may lower a newcomer, and never costs a member its place.
    bool has_crowded_upstream(const Eligible& newcomer) const {
        return !newcomer.present && members_that([&](const Ties& ties) {
                                        return share_upstream(ties, newcomer.ties);
                                    }) >= group_bound(size_);
    }

    bool is_full() const { return static_cast<int>(attempt_.members.size()) >= size_; }

    std::string why_passed_over(const Eligible& newcomer) const {
        if (!share_smear(newcomer.ties, smear_)) {
            return fmt::format("its smear class ({}) is not that of the set",
                               to_string(newcomer.ties.smear));
        }
        if (is_present_already(newcomer, configured_) ||
            members_that([&](const Ties& ties) { return share_server(ties, newcomer.ties); }) > 0) {
            return "the same server is there under another name";
        }
        if (members_that([&](const Ties& ties) { return is_rotation_of(ties, newcomer.ties); }) >
            0) {
            return "the rotation it belongs to is there, or one of its members";
        }
        if (is_full()) {
            return full_;
        }
        const int bound = group_bound(size_);
        const int siblings =
            members_that([&](const Ties& ties) { return share_operator(ties, newcomer.ties); });
        if (siblings >= bound) {
            return fmt::format("operator {} already has {} of {}", newcomer.ties.operator_name,
                               siblings, size_);
        }
        const int neighbours = members_that(
            [&](const Ties& ties) { return share_network(ties, newcomer.ties, settings_.domain); });
        if (neighbours >= bound) {
            return fmt::format("its network already has {} of {}", neighbours, size_);
        }
        const int namesakes = members_that([&](const Ties& ties) {
            return share_rotation(ties, newcomer.ties, settings_.domain);
        });
        if (namesakes >= bound) {
            return fmt::format("the rotation {} already has {} of {}", newcomer.ties.rotation,
                               namesakes, size_);
        }
        return {};
    }

    /// With the foreign sources that are down: they stay, and come back.
    template <class Predicate>
    int members_that(Predicate predicate) const {
        const auto members = std::ranges::count_if(
            attempt_.members, [&](const Eligible* it) { return predicate(it->ties); });
        const auto down =
            std::ranges::count_if(down_, [&](const Eligible* it) { return predicate(it->ties); });
        return static_cast<int>(members + down);
    }

    Eligibles eligible_;
    std::vector<const Eligible*> configured_, down_;
    const SetSettings& settings_;
    int size_;
    std::string full_;  ///< the objection to most of a thousand
    const Ties& smear_;
    Attempt attempt_;
    std::vector<const Eligible*> lowered_;
    std::size_t reached_ = 0;
};

/// The smear classes to try, each by an example: that of the foreign sources when there are any,
/// else the unsmeared and then each known smearer. Empty: the foreign ones mix already.
std::vector<Ties> smear_classes(Eligibles eligible) {
    Ties unsmeared;
    unsmeared.smear = Smear::none;
    std::vector<Ties> foreign, classes{unsmeared};
    const auto add_new = [](std::vector<Ties>& list, const Ties& ties) {
        if (std::ranges::none_of(list, [&](const Ties& it) { return share_smear(it, ties); })) {
            list.push_back(ties);
        }
    };
    for (const Eligible* it : by_cost(eligible)) {
        add_new(classes, it->ties);
        if (it->stays) {
            add_new(foreign, it->ties);
        }
    }
    if (foreign.size() > 1) {
        return {};
    }
    return foreign.empty() ? classes : foreign;
}

/// The largest set from `count` down to `minimum`; when there is none, how far the last try came.
struct Search {
    std::optional<Attempt> found;
    std::size_t reached = 0;
};

Search search(Eligibles eligible, const SetSettings& settings, const std::vector<Ties>& classes) {
    const int least = std::max({settings.minimum, foreign_members(eligible), 1});
    constexpr int most_skips = 3;  // each multiplies the tries, by a set's size at most
    Search result;
    for (int skips = 0; skips <= most_skips; ++skips) {
        for (const Ties& smear : classes) {
            for (int size = std::max(settings.count, least); size >= least; --size) {
                Builder builder(eligible, settings, size, smear);
                result.found = builder.build(skips);
                if (result.found) {
                    return result;
                }
                result.reached = std::max(result.reached, builder.reached());
            }
        }
    }
    return result;
}

std::string too_few(Eligibles eligible, std::size_t reached, int minimum) {
    const int usable = count_if(eligible, [](const Eligible& it) { return it.usable; });
    if (usable < minimum) {
        return fmt::format("only {} of the {} servers needed qualify", usable, minimum);
    }
    return fmt::format(
        "{} servers qualify, but of one smear class and independent only {} of {}", usable,
        std::min<std::size_t>(reached, static_cast<std::size_t>(minimum - 1)), minimum);
}

/// Would the rules give a set if the foreign sources were ours to choose from?
bool would_takeover_help(Eligibles eligible, const SetSettings& settings) {
    std::vector<Eligible> ours;
    bool any_foreign = false;
    for (Eligible it : eligible) {
        any_foreign = any_foreign || it.stays;
        it.stays = false;
        if (it.usable) {
            ours.push_back(it);
        }
    }
    return any_foreign && assemble(ours, settings).refusal.empty();
}

Ensemble refuse(Eligibles eligible, const SetSettings& settings, std::string why) {
    Ensemble none;
    none.passed_over.resize(eligible.size());
    for (std::size_t i = 0; i < eligible.size(); ++i) {
        none.passed_over[i] = eligible[i].usable ? "no set: " + why : "";
    }
    none.refusal = std::move(why);
    none.takeover_would_help = would_takeover_help(eligible, settings);
    none.tolerates = tolerance_of(0);
    return none;
}

}  // namespace

Ensemble assemble(std::span<const Eligible> eligible, const SetSettings& settings) {
    const auto classes = smear_classes(eligible);
    if (classes.empty()) {
        return refuse(eligible, settings, "the foreign sources mix smear classes");
    }
    Search outcome = search(eligible, settings, classes);
    if (!outcome.found) {
        return refuse(eligible, settings, too_few(eligible, outcome.reached, settings.minimum));
    }
    const auto& members = outcome.found->members;
    const int size = static_cast<int>(members.size());
    const int wrong = foreign_falsetickers(eligible);
    if (wrong >= size) {
        return refuse(eligible, settings,
                      fmt::format("{} foreign falsetickers would deny a set of {} its majority",
                                  wrong, size));
    }

    Ensemble set;
    for (const Eligible* member : members) {
        set.members.push_back(member->index);
        set.expected_error += member->expected_error / size;
        set.cost += member->cost / size;
    }
    set.foreign_rule = do_foreign_rule(eligible, size);
    set.passed_over = std::move(outcome.found->passed_over);
    set.tolerates = tolerance_of(size);
    return set;
}

std::string tolerance_of(int members) {
    switch (members) {
        case 0:
            return "nothing: there is no source";
        case 1:
            return "nothing: nobody checks a single source";
        case 2:
            return "nothing: when 2 sources disagree nobody can tell which is right";
        case 3:
            return "1 wrong OR 1 lost, not both; a 4th source would give both";
        default:
            break;
    }
    const int wrong = (members - 1) / 2;
    if (members % 2 == 0) {
        return fmt::format("{} wrong and 1 lost", wrong);
    }
    return fmt::format(
        "{} wrong, or {} wrong and 2 lost; one more source would give {} wrong and 1 lost", wrong,
        wrong - 1, wrong);
}

}  // namespace clockwright
