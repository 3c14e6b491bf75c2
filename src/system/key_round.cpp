#include "system/key_round.h"

#include <utility>

#include "system/admission.h"
#include "system/clock.h"

namespace clockwright::system {

namespace {

constexpr std::size_t most_at_a_time = 64;  ///< each holds a descriptor and TLS's memory

}  // namespace

KeyRound::KeyRound(boost::asio::io_context& context, const ScanSettings& settings,
                   TrustAnchors anchors, ntp::ExchangeBackoff& backoff)
    : context_(context), settings_(settings), anchors_(std::move(anchors)), backoff_(backoff) {}

void KeyRound::ask(const HostName& host, const Endpoint& at, OnKeys on_keys) {
    courses_.push_back(std::make_unique<Course>());
    Course& course = *courses_.back();
    course.host = host;
    course.asked = at;
    course.on_keys = std::move(on_keys);
    // Only strangers have floors to be remembered: from now on, that it can be before a packet.
    if (at.address.is_public()) {
        backoff_.begin(key_server(host, at.address), read_clocks());
    }
    queue_.push_back(&course);
}

void KeyRound::turn() {
    while (!queue_.empty() && running_ < most_at_a_time) {
        Course& course = *queue_.front();
        queue_.pop_front();
        ++running_;
        begin(course);
    }
}

void KeyRound::begin(Course& course) {
    course.exchange = std::make_unique<KeyExchange>(
        context_, anchors_,
        KeyRequest{
            .host = course.host, .at = course.asked, .time_out = settings_.key_exchange_time_out},
        [this, &course](KeyOutcome outcome) { exchanged(course, std::move(outcome)); });
    course.exchange->begin(read_clocks().wall);
}

void KeyRound::end(Course& course, Got got) {
    --running_;
    if (got.keys && course.asked.address.is_public()) {
        backoff_.succeeded(key_server(course.host, course.asked.address), got.at);
    }
    std::exchange(course.on_keys, nullptr)(std::move(got));
}

void KeyRound::report(const HostName& host, const Endpoint& at, const NtsReport& report) {
    if (at.address.is_public()) {
        backoff_.report(key_server(host, at.address), report);
    }
}

void KeyRound::exchanged(Course& course, KeyOutcome outcome) {
    course.outcome = std::move(outcome);
    if (!course.outcome.keys) {
        end(course, {.keys = {}, .at = course.asked, .report = std::move(course.outcome.report)});
    } else if (course.outcome.names_server) {
        find_server(course);
    } else {
        found(course, {.addresses = {course.asked.address}, .why = {}});
    }
}

void KeyRound::find_server(Course& course) {
    const std::string& server = course.outcome.report.server;
    if (const auto known = resolve_at_once(server, settings_.family)) {
        found(course, *known);
        return;
    }
    course.resolver = std::make_unique<Resolver>(context_);
    const ResolverSettings how{.time_out = settings_.resolve_time_out, .name_servers = {}};
    if (auto opened = course.resolver->open(how); !opened) {
        refuse(course, NtsFailure::unresolved, opened.error().message);
        return;
    }
    // The destructor of a resolver answers too, when all is over: only the first answer counts.
    course.resolver->resolve(server, settings_.family, [this, &course](const Resolved& answer) {
        if (course.on_keys) {
            found(course, answer);
        }
    });
}

void KeyRound::found(Course& course, const Resolved& server) {
    if (server.addresses.empty()) {
        refuse(course, NtsFailure::unresolved,
               course.outcome.report.server + ", which the key exchange names: " + server.why);
        return;
    }
    const Endpoint at{.address = server.addresses.front(), .port = course.outcome.report.port};
    std::string why = why_forbidden_server(course.asked.address, at.address);
    if (!why.empty()) {
        refuse(course, NtsFailure::forbidden_server, std::move(why));
        return;
    }
    end(course, {.keys = std::move(course.outcome.keys),
                 .at = at,
                 .report = std::move(course.outcome.report)});
}

void KeyRound::refuse(Course& course, NtsFailure failure, std::string why) {
    course.outcome.report.failure = failure;
    course.outcome.report.why = std::move(why);
    end(course, {.keys = {}, .at = course.asked, .report = std::move(course.outcome.report)});
}

}  // namespace clockwright::system
