#include "app/week_record.h"

#include <algorithm>
#include <iterator>

#include "app/agent_files.h"
#include "publish/week_summary.h"

namespace clockwright::app {
namespace {

constexpr int most_of_a_week = 100'000;  // rows of one kind

}  // namespace

Result<Alert> sum_up(const Context& context, const effect::SumUp& week) {
    const auto history = TRY(open_record(context.config));
    HistoryQuery query{.from = week.from, .to = week.to, .server = {}, .limit = most_of_a_week};
    WeekFacts facts{.from = week.from, .to = week.to};
    facts.clock = TRY(history.rolled(Resolution::hour, query));
    facts.alerts = TRY(history.alerts(query));
    facts.events = TRY(history.events(query));
    for (const std::string& server : week.servers) {
        query.server = server;
        std::ranges::move(TRY(history.rolled(Resolution::hour, query)),
                          std::back_inserter(facts.servers));
    }
    return week_summary(facts);
}

}  // namespace clockwright::app
