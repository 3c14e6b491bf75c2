#include "daemon/verify.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>
#include <string_view>

#include "daemon/chrony_control.h"
#include "time/spell.h"

namespace clockwright {
namespace {

/// Selected, combined, or fit to be so: trusted or preferred others stand before it, or it is
/// distant.
constexpr std::string_view selectable_states = "*+-PUD";
/// An unchanged selected source may be this many of its polls old.
constexpr double polls_of_grace = 2;

bool has_selectable_state(const DaemonSource& source) {
    return selectable_states.contains(source.state);
}

/// Samples since the source was added; without sourcestats, the replies its reach shows.
int samples_of(const DaemonSource& source) {
    const auto shown = source.samples.value_or(std::popcount(source.reach));
    if (!source.valid_replies) return shown;
    return std::min(shown, static_cast<int>(std::min(*source.valid_replies, 1000U)));
}

bool is_usable(const DaemonSource& source, int samples_wanted) {
    return samples_of(source) >= samples_wanted && has_selectable_state(source);
}

/// A source added by the plan is new to the daemon: all that it has came after the reload. One that
/// stayed may have had its replies counted away, so its regression speaks.
bool kept_is_usable(const DaemonSource& source, int samples_wanted) {
    return source.samples.value_or(std::popcount(source.reach)) >= samples_wanted &&
           has_selectable_state(source);
}

/// |offset| left out: the half-width around the daemon's own estimate.
Seconds bound_of(const DaemonTracking& tracking) {
    return tracking.root_delay / 2 + tracking.root_dispersion;
}

/// One verification in the making.
class Examination {
  public:
    Examination(const Expectation& expectation, const DaemonState& state, const Baseline& baseline,
                WallTime reloaded_at)
        : wanted_(expectation),
          state_(state),
          baseline_(baseline),
          reloaded_at_(reloaded_at),
          traits_(traits_of(state.kind)) {}

    Verification run() {
        check_listed();
        check_nothing_else();
        if (!wanted_.proof_only) {
            for (const auto& expected : wanted_.sources) check_source(expected);
            check_minimum();
            if (traits_.follows == DaemonTraits::Follows::by_reference) check_reference();
            if (traits_.follows == DaemonTraits::Follows::by_state) check_selected();
            check_offset();
            check_majority();
        }
        verification_.holds = verification_.missing.empty();
        verification_.summary = summary();
        return std::move(verification_);
    }

  private:
    bool usable(const DaemonSource& source) const {
        return is_usable(source, traits_.samples_wanted);
    }
    bool kept_usable(const DaemonSource& source) const {
        return kept_is_usable(source, traits_.samples_wanted);
    }

    /// What made the daemon read its sources.
    std::string_view reading() const { return traits_.reloads ? "reload" : "restart"; }

    std::vector<const DaemonSource*> listed_as(const ExpectedSource& expected) const {
        std::vector<const DaemonSource*> listed;
        for (const auto& source : state_.sources)
            if (!source.refclock && source.name == expected.name) listed.push_back(&source);
        if (!listed.empty() || !expected.pool) return listed;
        for (const auto& source : state_.sources)
            if (source.of_pool) listed.push_back(&source);
        return listed;
    }

    const ExpectedSource* expected_as(const DaemonSource& source) const {
        const auto found = std::ranges::find_if(wanted_.sources, [&](const auto& expected) {
            return expected.name == source.name || (source.of_pool && expected.pool);
        });
        return found == wanted_.sources.end() ? nullptr : &*found;
    }

    void miss(std::string what) { verification_.missing.push_back(std::move(what)); }

    void miss_for_good(std::string what) {
        verification_.hopeless = true;
        miss(std::move(what));
    }

    void check_listed() {
        for (const auto& expected : wanted_.sources) {
            if (expected.may_be_absent || !listed_as(expected).empty()) continue;
            const std::string name = printable(expected.name);
            if (traits_.lists_at_once)
                miss_for_good(name + ": the daemon does not list it, its line was dropped");
            else
                miss(name + ": the daemon does not list it (yet)");
        }
    }

    void check_nothing_else() {
        if (!wanted_.exactly) return;
        std::vector<std::string_view> named;
        for (const auto& source : state_.sources) {
            if (source.refclock || expected_as(source)) continue;
            if (std::ranges::find(named, source.name) != named.end()) continue;
            named.push_back(source.name);
            miss_for_good(fmt::format("{}: the daemon still lists it", printable(source.name)));
        }
    }

    void check_source(const ExpectedSource& expected) {
        const auto listed = listed_as(expected);
        if (listed.empty() || expected.kept_foreign || expected.leaving) return;
        const auto resolved =
            traits_.one_server || std::ranges::any_of(listed, [](const auto* source) {
                return source->address.has_value();
            });
        if (!resolved) {
            miss(fmt::format("{}: its name has no address", printable(expected.name)));
            return;
        }
        for (const auto* source : listed) check_authentication(expected, *source);
        if (!expected.added || traits_.one_server ||
            std::ranges::any_of(listed, [this](const auto* source) { return usable(*source); }))
            return;
        const auto best =
            std::ranges::max(listed, {}, [](const auto* source) { return samples_of(*source); });
        shortfalls_.push_back(shortfall_of(*best));
    }

    std::string shortfall_of(const DaemonSource& source) const {
        const auto samples = samples_of(source);
        if (samples == 0 && source.reach == 0)
            return fmt::format("{}: no answer yet", printable(source.name));
        if (samples < traits_.samples_wanted)
            return fmt::format("{}: {} of {} samples since the {}", printable(source.name), samples,
                               traits_.samples_wanted, reading());
        return fmt::format("{}: {}", printable(source.name), chrony::describe_state(source.state));
    }

    void check_authentication(const ExpectedSource& expected, const DaemonSource& source) {
        if (source.authentication) {
            if (*source.authentication != expected.authentication)
                miss_for_good(fmt::format("{}: authentication is {}, {} is planned",
                                          printable(source.name), to_string(*source.authentication),
                                          to_string(expected.authentication)));
        } else if (expected.authentication != Authentication::none) {
            miss(fmt::format("{}: its authentication cannot be read, {} is planned",
                             printable(source.name), to_string(expected.authentication)));
        }
    }

    /// A daemon that names no falseticker would count one of the others' among the usable: where
    /// our own can be enough, only they count.
    bool counts_only_ours() const {
        const auto own = std::ranges::count_if(wanted_.sources, [](const auto& expected) {
            return !expected.kept_foreign && !expected.leaving;
        });
        return traits_.follows == DaemonTraits::Follows::no_source && own >= wanted_.minimum;
    }

    void check_minimum() {
        const bool only_ours = counts_only_ours();
        for (const auto& source : state_.sources) {
            const auto* expected = source.refclock ? nullptr : expected_as(source);
            if (!expected || expected->leaving || (only_ours && expected->kept_foreign)) continue;
            ++listed_;
            verification_.usable += expected->added ? usable(source) : kept_usable(source);
        }
        if (verification_.usable >= wanted_.minimum) return;
        std::ranges::for_each(shortfalls_, [this](const std::string& text) { miss(text); });
        miss(fmt::format("{} of {} usable, {} wanted{}", verification_.usable, listed_,
                         wanted_.minimum, states_of_others()));
    }

    /// " (ntp1: falseticker; …)": what the sources that do not count are.
    std::string states_of_others() const {
        std::vector<std::string> others;
        for (const auto& source : state_.sources) {
            const auto* expected = source.refclock ? nullptr : expected_as(source);
            if (expected && !expected->added && !kept_usable(source))
                others.push_back(fmt::format("{}: {}", printable(source.name),
                                             chrony::describe_state(source.state)));
        }
        return others.empty() ? std::string() : fmt::format(" ({})", fmt::join(others, "; "));
    }

    /// The source that the daemon follows, if it is one of those it lists.
    const DaemonSource* followed() const {
        const auto& tracking = state_.tracking;
        const auto found = std::ranges::find_if(state_.sources, [&](const auto& source) {
            return source.refclock ? !tracking.reference && source.refid == tracking.refid
                                   : tracking.reference && source.address == tracking.reference;
        });
        return found == state_.sources.end() ? nullptr : &*found;
    }

    /// Until its clock is set, a restarted ntpd follows a source and still says "unsynchronised".
    void check_selected() {
        if (std::ranges::find(state_.sources, '*', &DaemonSource::state) == state_.sources.end())
            miss("the daemon has not chosen a source");
    }

    /// A foreign server that stays proves nothing of ours, unless there are no others.
    bool is_of_the_set(const DaemonSource& source) const {
        const auto* expected = expected_as(source);
        return expected && (!expected->kept_foreign ||
                            std::ranges::all_of(wanted_.sources, &ExpectedSource::kept_foreign));
    }

    void check_reference() {
        const auto& tracking = state_.tracking;
        if (traits_.one_server && !tracking.reference) {
            miss("no server has answered since the restart");
            return;
        }
        if (!tracking.synchronised()) {
            miss("the daemon has not chosen a source");
            return;
        }
        const auto* source = followed();
        if (!source) {
            miss(fmt::format("the daemon still follows {}, which is not among its sources now",
                             tracking.reference ? to_string(*tracking.reference)
                                                : fmt::format("{:08X}", tracking.refid)));
            return;
        }
        if (traits_.one_server && !is_of_the_set(*source)) {
            miss(fmt::format("{} follows {}, which is not of the planned set", traits_.program,
                             printable(source->name)));
            return;
        }
        if (tracking.reference_time > reloaded_at_) return;
        const auto* expected = expected_as(*source);
        const auto is_new = !source->refclock && expected && expected->added;
        const Seconds age = state_.read_at - tracking.reference_time;
        const Seconds allowed{polls_of_grace * std::exp2(source->poll)};
        if (traits_.one_server)
            miss(fmt::format("{}: no answer since the restart", printable(source->name)));
        else if (is_new)
            miss(fmt::format("the daemon has not updated the clock since the {}", reading()));
        else if (age > allowed)
            miss(fmt::format("the daemon updated the clock {} ago, {} polls {} in {}",
                             spell_age(age), printable(source->name), polls_of_grace,
                             spell_age(allowed)));
    }

    void check_majority() {
        const auto wrong = std::ranges::count(state_.sources, 'x', &DaemonSource::state);
        if (wrong > 0 && verification_.usable <= wrong)
            miss(fmt::format("no majority: {} agree, {} do not", verification_.usable, wrong));
    }

    /// The daemon itself outvotes what it followed before: then the clock was wrong, and moves.
    bool former_reference_was_wrong() const {
        const auto& former = baseline_.state.tracking.reference;
        return former && std::ranges::any_of(state_.sources, [&](const auto& source) {
                   return source.address == former && source.state == 'x';
               });
    }

    void check_offset() {
        const auto& before = baseline_.state.tracking;
        const auto& after = state_.tracking;
        if (!before.synchronised() || !after.synchronised() || former_reference_was_wrong()) return;
        // Of two servers asked one after the other nobody can say which was right.
        if (traits_.one_server && after.reference != before.reference) return;
        if (!before.bound_known || !after.bound_known) return;
        // What the daemon has still to correct shrinks while it does so: that is no disagreement.
        const auto [low, high] = std::minmax({Seconds{0}, before.offset});
        const Seconds moved = std::max({low - after.offset, after.offset - high, Seconds{0}});
        const auto allowed = bound_of(before) + bound_of(after);
        if (moved >= allowed)
            miss(fmt::format("the offset moved by {}, the bounds allow {}", spell(moved),
                             spell(allowed)));
    }

    std::string summary() const {
        const auto required =
            std::ranges::count(wanted_.sources, false, &ExpectedSource::may_be_absent);
        const auto present = std::ranges::count_if(wanted_.sources, [&](const auto& expected) {
            return !expected.may_be_absent && !listed_as(expected).empty();
        });
        if (wanted_.proof_only) return fmt::format("{} of {} present", present, required);
        if (const auto* source = traits_.one_server ? followed() : nullptr)
            return fmt::format("{} of {} present; it follows {}, one server at a time", present,
                               required, printable(source->name));
        auto text = fmt::format("{} of {} present, {} usable with >= {} samples each", present,
                                required, verification_.usable, traits_.samples_wanted);
        for (const auto& shortfall : shortfalls_) text += "; " + shortfall;
        return text;
    }

    const Expectation& wanted_;
    const DaemonState& state_;
    const Baseline& baseline_;
    WallTime reloaded_at_;
    const DaemonTraits& traits_;
    int listed_ = 0;
    std::vector<std::string> shortfalls_;  ///< added sources that do not serve yet, in words
    Verification verification_;
};

}  // namespace

Verification verify(const Expectation& expectation, const DaemonState& state,
                    const Baseline& baseline, WallTime reloaded_at) {
    return Examination(expectation, state, baseline, reloaded_at).run();
}

std::vector<std::string> listed_names(const DaemonState& state) {
    std::set<std::string> listed;
    for (const auto& source : state.sources)
        if (!source.refclock && !source.of_pool) listed.insert(source.name);
    return {listed.begin(), listed.end()};
}

}  // namespace clockwright
