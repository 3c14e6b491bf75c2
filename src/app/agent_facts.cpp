#include "app/agent_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "steer/likely_cause.h"
#include "time/spell.h"
#include "watch/hierarchy.h"

namespace clockwright::app {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_of_one = 20;  // facts of a server; so that they are moved seldom

/// Collects facts of one subject.
class Facts {
  public:
    explicit Facts(std::vector<Fact>& out, std::string_view subject = {})
        : out_(out), subject_(subject) {}

    void say(std::string_view name, double value, std::string evidence = {}) {
        out_.push_back({name, subject_, value, std::move(evidence)});
    }
    void say(std::string_view name, bool yes, std::string evidence = {}) {
        say(name, yes ? 1.0 : 0.0, std::move(evidence));
    }
    void say(std::string_view name, Seconds value, std::string evidence = {}) {
        say(name, value.count(), std::move(evidence));
    }

  private:
    std::vector<Fact>& out_;
    std::string_view subject_;
};

double poll_interval(const DaemonState& state) {
    int poll = 0;
    for (const DaemonSource& source : state.sources) {
        if (source.state == '*') poll = source.poll;
    }
    return std::exp2(std::clamp(poll == 0 ? 6 : poll, 0, 17));
}

void say_daemon(const FactGround& ground, const Now& now, Facts facts) {
    const StatusReport& status = ground.snapshot->status;
    const ClockVerdict& verdict = status.verdict;
    facts.say("daemon_expected", !status.facts.no_daemon || ground.daemon_answered.has_value());
    // That it runs is seen without its channel, which may be closed to us.
    if (ground.life.looked || ground.life.running) facts.say("daemon_running", ground.life.running);
    if (ground.life.looked) {
        facts.say("daemon_answers", ground.life.answers, status.facts.why_not);
    }
    if (ground.daemon_answered) {
        facts.say("daemon_silent_seconds", Seconds(now.steady - *ground.daemon_answered));
    }
    facts.say("hands", static_cast<double>(status.facts.hands.size()));
    facts.say("change_unfinished", !status.unfinished.empty() || status.last_change_failed,
              status.unfinished);
    facts.say("dropin_missing", ground.dropin_missing);
    facts.say("demonstrated", verdict.demonstrated, verdict.sentence);
    if (verdict.bound) {
        facts.say("offset_seconds", verdict.bound->offset);
        if (verdict.demonstrated) facts.say("bound_seconds", verdict.bound->total());
    }
    if (!status.facts.state) return;
    const DaemonState& state = *status.facts.state;
    const DaemonTracking& tracking = state.tracking;
    facts.say("watches_only", status.facts.watches_only);
    facts.say("local_reference", tracking.local_reference());
    facts.say("stratum", static_cast<double>(tracking.stratum));
    facts.say("sources", static_cast<double>(state.sources.size()));
    facts.say("sources_answering",
              static_cast<double>(std::ranges::count_if(state.sources, is_answering)));
    if (tracking.synchronised()) {
        if (tracking.frequency) facts.say("frequency_ppm", tracking.frequency->value);
        const auto before = ground.ledger->rate_hour_ago(now.steady);
        if (tracking.frequency && before)
            facts.say("frequency_change_ppm", tracking.frequency->value - before->value);
        if (tracking.bound_known) {
            facts.say("update_age_seconds", verdict.age);
            facts.say("update_age_polls", verdict.age.count() / poll_interval(state));
        }
    }
}

/// Its flag against the daemon's word (rule K-1). The other way round tells little: the flag stays
/// for hours after a daemon has ended.
void say_kernel(const FactGround& ground, Facts& facts) {
    if (!ground.kernel_unsynchronised) return;
    const StatusReport& status = ground.snapshot->status;
    const bool by_daemon = status.verdict.demonstrated && !status.verdict.by_quorum;
    if (!by_daemon || status.facts.watches_only) return;
    facts.say("kernel_disagrees", *ground.kernel_unsynchronised, "by adjtimex");
}

void say_hardware_clock(const RtcReport& rtc, Facts& facts) {
    const RtcVerdict& verdict = rtc.verdict;
    if (verdict.mode != RtcMode::unknown)
        facts.say("rtc_local_time", verdict.mode == RtcMode::local);
    if (verdict.battery != Battery::unknown)
        facts.say("rtc_battery",
                  verdict.battery == Battery::failing   ? 2.0
                  : verdict.battery == Battery::suspect ? 1.0
                                                        : 0.0,
                  verdict.evidence.empty() ? "" : verdict.evidence.front());
    if (verdict.rate_change)
        facts.say("rtc_rate_change_ppm", verdict.rate_change->value,
                  "the newest week of the record");
}

/// Groups of servers that agree among themselves and with nobody else: more than one is a sign of
/// colluders, a smear, or two worlds of time (rules H-1, H-2).
int agreeing_groups(const Judged& judged) {
    std::vector<std::pair<double, double>> spans;
    for (std::size_t i = 0; i < judged.candidates.size(); ++i) {
        const Assessment& assessment = judged.selection.assessments[i];
        if (!is_judged(assessment.verdict) || !assessment.stats) continue;
        const double middle = assessment.stats->offset.count();
        const double half = assessment.distance.count();
        spans.emplace_back(middle - half, middle + half);
    }
    std::ranges::sort(spans);
    int groups = 0, in_group = 0;
    double end = -INFINITY;
    for (const auto& [low, high] : spans) {
        if (low > end) in_group = 0;
        if (++in_group == 2) ++groups;
        end = std::max(end, high);
    }
    return groups;
}

/// Whether the judge found it, with its sentence.
void say_hazard(Facts& facts, std::string_view name, const Selection& selection, HazardKind kind) {
    const auto found = std::ranges::find(selection.hazards, kind, &Hazard::kind);
    const bool there = found != selection.hazards.end();
    facts.say(name, there, there ? found->text : std::string{});
}

using Servers = std::vector<const Watched*>;

/// Those that are asked, by the daemon or by us.
Servers asked_of(const std::vector<Watched>& watched) {
    Servers servers;
    for (const Watched& server : watched)
        if (!server.is_twin()) servers.push_back(&server);
    return servers;
}

void say_quorum(const FactGround& ground, const Servers& servers, Facts facts) {
    const Judged& judged = *ground.judged;
    const Consensus& consensus = judged.selection.consensus;
    if (servers.empty()) return;
    // One alone neither agrees nor disagrees.
    if (consensus.judged != 1)
        facts.say("majority", consensus.majority,
                  fmt::format("{} of {} agree", consensus.agreeing, consensus.judged));
    facts.say("agreeing_groups", static_cast<double>(agreeing_groups(judged)));
    facts.say("truechimers", static_cast<double>(std::ranges::count_if(
                                 judged.selection.assessments, [](const Assessment& one) {
                                     return is_truechimer(one.verdict);
                                 })));
    facts.say("all_silent", std::ranges::all_of(servers, [](const Watched* server) {
                  return server->watch.polls() >= 3 && (server->watch.reach() & 7U) == 0;
              }));
    say_hazard(facts, "leap_disagrees", judged.selection, HazardKind::leap_flags);
    say_hazard(facts, "smear_mixed", judged.selection, HazardKind::smear_mix);
    say_hazard(facts, "single_operator", judged.selection, HazardKind::single_operator);
    if (consensus.majority) {
        facts.say("quorum_offset_seconds", consensus.offset,
                  fmt::format("{} of {} agree", consensus.agreeing, consensus.judged));
        facts.say("quorum_contradicts", ground.snapshot->blame.culprit == Culprit::host,
                  ground.snapshot->blame.sentence);
    }
}

void say_server(const Watched& server, bool majority, const Now& now, Facts facts) {
    const ServerWatch& watch = server.watch;
    const bool judged = server.since != WallTime{};
    // Evidence only of what is so: nobody asks for that of the others, each cycle.
    if (server.wrong) facts.say("wrong", *server.wrong, *server.wrong ? server.reason : "");
    const bool denied = server.verdict == Verdict::denied;
    if (judged) facts.say("denied", denied, denied ? server.reason : "");
    // Without a majority it is that of an earlier consensus.
    if (const auto error = watch.error(); error && majority) {
        facts.say("error_seconds", *error);
        const auto cause = likely_cause(*error);
        facts.say("whole_seconds", !cause.empty(), std::string(cause));
    }
    if (watch.polls() > 0) {
        facts.say("reach_share", reach_share(watch.reach(), watch.polls()));
    }
    facts.say("silent_seconds", Seconds(now.steady - server.heard.value_or(server.added)));
    facts.say("spoofed", static_cast<double>(server.forged.size()));
    if (server.changed) {
        const bool step = server.changed->kind == ServerChange::Kind::step;
        facts.say(step ? "stepped_seconds" : "path_shift_seconds", server.changed->shift);
    }
    if (watch.last() && watch.reach() != 0) {
        facts.say("authentication_lost", server.was_authenticated && !watch.last()->authenticated);
        facts.say("local_clock", server.own_clock);
    }
    if (!server.source) return;
    const DaemonSource& source = *server.source;
    facts.say("selected_dead", source.state == '*' && source.reach == 0 && watch.polls() >= 3);
    facts.say("poll_seconds", std::exp2(std::clamp(source.poll, 0, 17)));
    facts.say("impolite",
              source.address && source.address->is_public() && source.poll < 6 && source.poll != 0);
    if (source.nts) facts.say("nts_cookies", static_cast<double>(source.nts->cookies));
}

void say_references(const Servers& servers, Facts& facts) {
    std::vector<ReferenceStep> steps;
    for (const Watched* server : servers) {
        const auto& last = server->watch.last();
        if (!last || last->stratum != 1 || !server->changed) continue;
        if (server->changed->kind == ServerChange::Kind::step)
            steps.push_back({server->subject, last->refid, server->changed->shift});
    }
    const auto together = stepped_together(steps);
    if (together.size() < 2) return;
    std::string names;
    for (const ReferenceStep& step : together) names += (names.empty() ? "" : ", ") + step.server;
    const Seconds size = together.front().size;
    const auto cause = likely_cause(size);
    facts.say(
        "reference_jumped", static_cast<double>(together.size()),
        fmt::format("{} by {}{}{}", names, spell_signed(size), cause.empty() ? "" : ": ", cause));
}

std::vector<Follower> followers(const Servers& servers) {
    std::vector<Follower> all;
    for (const Watched* server : servers) {
        Follower one{.address = server->candidate.address};
        if (const auto& last = server->watch.last()) {
            one.refid = last->refid;
            one.stratum = last->stratum;
        }
        all.push_back(one);
    }
    return all;
}

/// What it says of whom it follows, and of how well (hazards H-8, H-35).
void say_reference(const Watched& server, bool circle, Facts facts) {
    const auto& last = server.watch.last();
    if (!last || server.watch.reach() == 0) return;
    facts.say("in_circle", circle,
              circle ? "its reference is " + refid_text(last->refid, last->stratum) : "");
    const int climb = server.watch.stratum_climb();
    facts.say("stratum_climb", static_cast<double>(climb),
              climb != 0 ? fmt::format("now {}", last->stratum) : "");
    if (server.by_daemon) return;  // which does not tell the dispersion
    const Seconds stated = last->root_dispersion;
    const bool untold = last->stratum >= 2 && (stated == Seconds{0} || stated >= Seconds{1});
    facts.say("error_untold", untold, untold ? "root dispersion " + spell(stated) : "");
}

}  // namespace

std::vector<Fact> facts_of(const FactGround& ground, const Now& now) {
    const Servers servers = asked_of(ground.watched->servers());
    std::vector<Fact> out;
    out.reserve(most_of_one * (servers.size() + 2));
    Facts host(out);
    say_daemon(ground, now, host);
    say_quorum(ground, servers, host);
    host.say("step_seconds", ground.ledger->stepped(now.steady));
    host.say("stood_still_seconds", ground.ledger->stood_still(now.steady));
    host.say("clocksource_changed", ground.ledger->changed_clocksource(now.steady));
    host.say("daemon_restarts", static_cast<double>(ground.ledger->restarts(now.steady)));
    if (const auto& rtc = ground.snapshot->rtc; rtc && rtc->facts.identity)
        say_hardware_clock(*rtc, host);
    if (ground.rate_trend)
        host.say("frequency_trend_ppm", ground.rate_trend->value, "the record of up to 30 days");
    say_kernel(ground, host);
    if (ground.leap_table_days) host.say("leap_table_days", *ground.leap_table_days);
    host.say("record_failing", !ground.snapshot->record_fault.empty(),
             ground.snapshot->record_fault);
    say_references(servers, host);
    const std::vector<bool> circle = in_circle(followers(servers));
    const bool majority = ground.judged->selection.consensus.majority;
    for (std::size_t i = 0; i < servers.size(); ++i) {
        Facts facts(out, servers[i]->subject);
        say_server(*servers[i], majority, now, facts);
        say_reference(*servers[i], circle[i], facts);
    }
    return out;
}

}  // namespace clockwright::app
