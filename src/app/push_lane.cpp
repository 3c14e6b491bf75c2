#include "app/push_lane.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "system/clock.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr std::size_t most_octets = std::size_t{4} << 20U;  // of one post, before it is compressed
constexpr Seconds spool_rest{10};                           // until it is tried to open again

/// The line without its time: what a person looks for.
std::string shown(std::string_view line) {
    return printable(line.substr(0, std::min<std::size_t>(line.rfind(' '), 300)));
}

std::uint64_t spool_octets(const PushPlace& place) {
    return static_cast<std::uint64_t>(place.settings.spool_mb) << 20U;
}

SteadyTime steady_now() {
    return system::read_clocks().steady;
}

}  // namespace

PushLane::PushLane(boost::asio::io_context& loop, std::string directory, double splay)
    : directory_(std::move(directory)),
      splay_(splay),
      again_(loop),
      spooling_(loop),
      posting_(loop) {}

void PushLane::use(std::optional<PushPlace> place) {
    spooling_.post(
        [this, place = std::move(place)]() mutable {
            wanted_ = place.has_value();
            if (wanted_) begin(std::move(*place));
            return true;
        },
        [this](bool) { go_on(); });
}

void PushLane::begin(PushPlace place) {
    place_ = std::move(place);
    if (spool_) spool_->limit(spool_octets(place_));
    const PushSettings& settings = place_.settings;
    pusher_.emplace(PushLimits{.lines = static_cast<std::size_t>(settings.batch),
                               .interval = settings.interval,
                               .splay = splay_,
                               .in_order = place_.in_order},
                    steady_now());
}

void PushLane::add(std::function<std::string()> lines) {
    spooling_.post(
        [this, lines = std::move(lines)] {
            append(lines());
            return true;
        },
        [](bool) {});
}

void PushLane::go_on() {
    again_.cancel();
    if (std::exchange(going_, true)) return;
    spooling_.post([this] { return take_turn(steady_now()); },
                   [this](Turn turn) { do_turn(std::move(turn)); });
}

void PushLane::do_turn(Turn turn) {
    if (turn.lines.count > 0) {
        auto post = [turn] { return turn.post(turn.lines.text); };
        posting_.post(std::move(post), [this, turn](PushAnswer answer) {
            spooling_.post(
                [this, turn, answer = std::move(answer)] {
                    return settle(turn, answer, steady_now());
                },
                [this](Turn next) { do_turn(std::move(next)); });
        });
        return;
    }
    going_ = false;
    if (!turn.again) return;
    again_.expires_after(*turn.again - steady_now());
    again_.async_wait([this](const boost::system::error_code& error) {
        if (!error) go_on();
    });
}

bool PushLane::open_spool() {
    if (spool_) return true;
    auto opened = store::Spool::open(directory_, spool_octets(place_));
    spool_fault_.note(fmt::format("points for {} wait in memory", place_.name),
                      opened ? std::string{} : opened.error().message);
    if (!opened) return false;
    spool_.emplace(std::move(*opened));
    write_waiting();
    return true;
}

void PushLane::append(const std::string& lines) {
    if (!wanted_ || lines.empty()) return;
    waiting_ += lines;
    while (waiting_.size() > store::Spool::most_in_memory) {
        waiting_.erase(0, waiting_.find('\n') + 1);
        ++dropped_;
    }
    if (open_spool()) write_waiting();
    tell_losses(steady_now());
}

void PushLane::write_waiting() {
    if (waiting_.empty()) return;
    const auto added = spool_->append(std::exchange(waiting_, {}));
    spool_fault_.note(fmt::format("points for {} wait in memory", place_.name),
                      added ? std::string{} : added.error().message);
}

void PushLane::tell_losses(SteadyTime now) {
    const std::uint64_t no_room = dropped_ + (spool_ ? spool_->lost() : 0);
    if (const auto lost = losses_.to_tell(no_room, now); lost > 0)
        system::log_event(system::LogLevel::warning,
                          fmt::format("{} points for {} are lost: no room is left for all that "
                                      "waits ({}.spool_mb)",
                                      lost, place_.name, place_.section));
    if (!spool_) return;
    if (const auto lost = damages_.to_tell(spool_->damaged(), now); lost > 0)
        system::log_event(
            system::LogLevel::warning,
            fmt::format("{} points for {} are lost: a crash spoiled them", lost, place_.name));
    if (const auto lost = unread_.to_tell(spool_->unread(), now); lost > 0)
        system::log_event(
            system::LogLevel::error,
            fmt::format("{} files of points for {} are passed over: they are gone, or cannot be "
                        "read and are kept as {}/*.unread",
                        lost, place_.name, directory_));
}

PushLane::Turn PushLane::take_turn(SteadyTime now) {
    if (!wanted_) return {};
    if (!open_spool()) return {.again = now + to_nanoseconds(spool_rest)};
    if (pusher_->next() > now) return {.again = pusher_->next()};
    auto lines = pusher_->asks_newest() ? spool_->newest() : store::SpoolLines{};
    const bool newest = lines && lines->count > 0;
    if (!newest) lines = spool_->front(pusher_->lines(), most_octets);
    read_fault_.note(fmt::format("what waits for {} cannot be read", place_.name),
                     lines ? std::string{} : lines.error().message);
    tell_losses(now);
    if (!lines || lines->count == 0)
        return {.again = now + to_nanoseconds(place_.settings.interval)};
    return {.lines = std::move(*lines), .post = place_.post, .newest = newest};
}

PushLane::Turn PushLane::settle(const Turn& turn, const PushAnswer& answer, SteadyTime now) {
    const store::SpoolLines& lines = turn.lines;
    if (!open_spool()) return take_turn(now);
    if (turn.newest) {
        pusher_->newest_answered(answer, now);
        push_fault_.note(fmt::format("points wait for {}", place_.name), pusher_->fault());
        return take_turn(now);
    }
    const bool more = spool_->octets() > lines.octets;
    const PushOutcome outcome = pusher_->answered(answer, lines.count, more, now);
    push_fault_.note(fmt::format("points wait for {}", place_.name), pusher_->fault());
    if (outcome == PushOutcome::refused) set_aside(lines, answer);
    if (outcome != PushOutcome::kept) {
        const auto dropped = spool_->drop(lines);
        drop_fault_.note(fmt::format("points for {} may come twice", place_.name),
                         dropped ? std::string{} : dropped.error().message);
        tell_losses(now);
    }
    return take_turn(now);
}

void PushLane::set_aside(const store::SpoolLines& lines, const PushAnswer& answer) {
    const auto aside = spool_->set_aside(lines.text);
    const std::string where = aside ? fmt::format("kept in {}/refused.lines", directory_)
                                    : fmt::format("lost ({})", aside.error().message);
    system::log_event(system::LogLevel::error,
                      fmt::format("{} refuses a point, which is {}: {} ({})", place_.name, where,
                                  shown(lines.text), printable(answer.text)));
}

}  // namespace clockwright::app
