#include "app/discipline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "app/exit_code.h"
#include "app/gather.h"
#include "app/judgement.h"
#include "app/watch_prober.h"
#include "store/durable_file.h"
#include "system/clock.h"
#include "system/clock_rights.h"
#include "system/event_loop.h"
#include "system/host_clock.h"
#include "system/local_host.h"
#include "system/log.h"
#include "system/service_notice.h"
#include "system/wait.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr Seconds look_every{64}, hands_every{4}, asked_in_silence{3600};
constexpr int silent_too_long = 3;  // questions
constexpr double most_ppm = 500;    // no kernel corrects more

std::string hand_of(const Host& host) {
    for (const ClockProgram& program : host.clock_programs())
        if (program.steers())
            return fmt::format("{} (pid {})", printable(program.name), program.pid);
    return {};
}

std::string memory_file(const Config& config) {
    return config.state.directory + "/discipline.json";
}

/// The steering loop and all it holds.
class Discipline {
  public:
    Discipline(const Config& config, std::vector<Candidate> servers)
        : config_(config), servo_(remembered(config)) {
        for (Candidate& server : servers) servers_.emplace_back().candidate = std::move(server);
    }

    Result<int> run() {
        system::catch_signals();
        system::tell_service_manager("READY=1");
        while (!system::interrupted()) {
            TRY(look());
            if (!servo_.let_go().empty())
                return fail(Fault::refused, "this clock is let go: " + servo_.let_go());
            rest();
        }
        return exit_done;
    }

  private:
    static std::optional<ServoMemory> remembered(const Config& config) {
        const auto text = store::read_own_file(memory_file(config));
        return text ? parse_servo_memory(*text) : std::nullopt;
    }

    Result<void> look() {
        const ClockSetting before = TRY(clock_.read());
        const auto selection = ask();
        const ClockSetting after = TRY(clock_.read());
        const auto evidence = servo_evidence(selection, before.outstanding - after.outstanding);
        const auto wanted = servo_.look({.now = system::read_clocks(),
                                         .slept = system::time_asleep(),
                                         .shows = after,
                                         .hand = hand_of(host_),
                                         .evidence = evidence});
        tell(evidence);
        if (!wanted) return {};
        TRY(clock_.steer(*wanted, evidence ? evidence->bound : Seconds{16}));
        if (const auto memory = servo_.memory())
            TRY(store::replace_file(memory_file(config_), servo_memory_json(*memory)));
        return {};
    }

    Selection ask() {
        const SteadyTime now = system::read_clocks().steady;
        std::vector<Candidate> asked;
        std::vector<Question> due;
        for (const SteeringServer& server : servers_) {
            asked.push_back(server.candidate);
            if (server.due <= now) due.push_back({.whom = server.candidate});
        }
        const std::vector<Answer> answers =
            in_their_places(prober_.ask({.questions = std::move(due)}, config_), now);
        keep_addresses(servers_, answers);
        keep_paces(servers_, answers, now, look_every);
        for (std::size_t i = 0; i < asked.size(); ++i) {
            asked[i].address = answers[i].address;
            asked[i].series = answers[i].series;
            asked[i].not_asked = answers[i].not_asked;
            asked[i].not_asked_why = answers[i].why;
        }
        return judge(std::move(asked), config_).selection;
    }

    /// Of all servers; who was not due was not asked.
    std::vector<Answer> in_their_places(std::vector<Answer> of_due, SteadyTime now) const {
        std::vector<Answer> all(servers_.size());
        auto next = of_due.begin();
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (servers_[i].due <= now) {
                all[i] = std::move(*next++);
            } else {
                all[i].address = servers_[i].candidate.address;
                all[i].refused = true;
            }
        }
        return all;
    }

    /// A state that changed is told, not each look.
    void tell(const std::optional<ServoEvidence>& evidence) {
        if (told_ == evidence.has_value()) return;
        told_ = evidence.has_value();
        system::log_event(
            evidence ? system::LogLevel::info : system::LogLevel::warning,
            evidence ? fmt::format("this clock is steered: it is {} ±{} off",
                                   spell_signed(evidence->offset), spell_bound(evidence->bound))
                     : std::string("no majority of servers says what time it is: the rate stays"));
    }

    /// A daemon that appears meanwhile has the wheel within seconds.
    void rest() {
        const SteadyTime end = system::read_clocks().steady + to_nanoseconds(look_every);
        while (!system::interrupted() && system::read_clocks().steady < end &&
               hand_of(host_).empty())
            system::wait(hands_every);
    }

    const Config& config_;
    std::vector<SteeringServer> servers_;
    Servo servo_;
    const system::LocalHost host_;
    system::KernelHostClock clock_;
    WatchProber prober_;
    std::optional<bool> told_;
};

}  // namespace

std::string why_no_discipline() {
    if (system::may_set_clock()) return {};
    return "agent.discipline needs the right to set the clock (CAP_SYS_TIME), which the agent's "
           "service does not have: packaging/systemd/clockwright-discipline.service does";
}

std::optional<ServoEvidence> servo_evidence(const Selection& selection, Seconds slewed) {
    if (!selection.consensus.majority) return std::nullopt;
    std::optional<Seconds> least;
    for (const Assessment& assessment : selection.assessments)
        if (is_truechimer(assessment.verdict) && assessment.stats)
            least =
                std::min(least.value_or(assessment.stats->delay_min), assessment.stats->delay_min);
    return ServoEvidence{selection.consensus.offset - slewed,
                         std::max(selection.consensus.bound, least.value_or(Seconds{0}) / 2)};
}

void keep_addresses(std::vector<SteeringServer>& servers, const std::vector<Answer>& answers) {
    for (std::size_t i = 0; i < servers.size(); ++i) {
        if (answers[i].refused) continue;
        auto& candidate = servers[i].candidate;
        int& silent = servers[i].silent;
        silent = answers[i].series.samples.empty() ? silent + 1 : 0;
        if (silent == 0) candidate.address = answers[i].address;
        if (silent >= silent_too_long && !is_address_literal(candidate.source.host))
            candidate.address.reset();
    }
}

void keep_paces(std::vector<SteeringServer>& servers, const std::vector<Answer>& answers,
                SteadyTime now, Seconds look) {
    const bool heard = std::ranges::any_of(
        answers, [](const Answer& answer) { return !answer.series.samples.empty(); });
    for (std::size_t i = 0; i < servers.size(); ++i) {
        SteeringServer& server = servers[i];
        const Answer& answer = answers[i];
        if (!answer.series.samples.empty())
            server.pace.answered();
        else if (answer.series.sent > 0)
            server.pace.kissed(ntp::duty_of(answer.series.kiss));
        if (!answer.refused) {
            const bool stranger = !answer.address || answer.address->is_public();
            const Seconds rest = server.pace.rest(look, stranger);
            // Each look asks whom nothing stands against, however late it is.
            server.due = rest > look ? now + to_nanoseconds(rest) : now;
        }
        if (!heard && server.pace.is_silent())
            server.due = std::min(server.due, now + to_nanoseconds(asked_in_silence));
    }
}

std::string servo_memory_json(const ServoMemory& memory) {
    return nlohmann::json{{"frequency_ppm", memory.frequency.value},
                          {"error_ppm", memory.error.value}}
               .dump() +
           "\n";
}

std::optional<ServoMemory> parse_servo_memory(std::string_view json) {
    const auto document = nlohmann::json::parse(json, nullptr, false);
    if (!document.is_object()) return std::nullopt;
    const auto number = [&](const char* key) -> std::optional<double> {
        const auto found = document.find(key);
        return found != document.end() && found->is_number() ? std::optional(found->get<double>())
                                                             : std::nullopt;
    };
    const auto frequency = number("frequency_ppm"), error = number("error_ppm");
    if (!frequency || !error || std::abs(*frequency) > most_ppm || *error < 0) return std::nullopt;
    return ServoMemory{Ppm{*frequency}, Ppm{*error}};
}

Result<int> run_discipline(const Context& context) {
    if (const std::string hand = hand_of(system::LocalHost{}); !hand.empty())
        return fail(Fault::refused, hand +
                                        " steers this clock: agent.discipline is for hosts that "
                                        "have no time daemon");
    std::vector<std::string> hosts = context.config.candidates.hosts;
    hosts.insert(hosts.end(), context.config.agent.watch.begin(), context.config.agent.watch.end());
    if (hosts.empty())
        return fail(Fault::usage, "agent.discipline needs servers in [candidates] hosts");
    auto servers = TRY(gather_given(hosts));
    TRY(store::make_private_directory(context.config.state.directory));
    return Discipline(context.config, std::move(servers)).run();
}

}  // namespace clockwright::app
