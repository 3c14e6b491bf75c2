#include "system/key_round.h"

#include <utility>

#include "system/admission.h"

namespace clockwright::system {

KeyRound::KeyRound(boost::asio::io_context& context, const ScanSettings& settings,
                   TrustAnchors anchors)
    : context_(context), settings_(settings), anchors_(std::move(anchors)) {}

void KeyRound::begin(const HostName& host, const Endpoint& at, WallTime now, OnKeys on_keys) {
    courses_.push_back(std::make_unique<Course>());
    Course& course = *courses_.back();
    course.asked = at;
    course.on_keys = std::move(on_keys);
    course.exchange = std::make_unique<KeyExchange>(
        context_, anchors_,
        KeyRequest{.host = host, .at = at, .time_out = settings_.key_exchange_time_out},
        [this, &course](KeyOutcome outcome) { exchanged(course, std::move(outcome)); });
    course.exchange->begin(now);
}

void KeyRound::exchanged(Course& course, KeyOutcome outcome) {
    course.outcome = std::move(outcome);
    if (!course.outcome.keys) {
        std::exchange(course.on_keys, nullptr)(
            {.keys = {}, .at = course.asked, .report = std::move(course.outcome.report)});
    } else if (course.outcome.names_server) {
        find_server(course);
    } else {
        found(course, {.addresses = {course.asked.address}, .why = {}});
    }
}

void KeyRound::find_server(Course& course) {
    const std::string& server = course.outcome.report.server;
    if (const auto literal = parse_address(server)) {
        found(course, resolve_literal(*literal, settings_.family));
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
    std::exchange(course.on_keys, nullptr)({.keys = std::move(course.outcome.keys),
                                            .at = at,
                                            .report = std::move(course.outcome.report)});
}

void KeyRound::refuse(Course& course, NtsFailure failure, std::string why) {
    course.outcome.report.failure = failure;
    course.outcome.report.why = std::move(why);
    std::exchange(course.on_keys, nullptr)(
        {.keys = {}, .at = course.asked, .report = std::move(course.outcome.report)});
}

}  // namespace clockwright::system
