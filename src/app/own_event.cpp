#include "app/own_event.h"

#include <utility>
#include <vector>

#include "app/agent_files.h"
#include "app/agent_record.h"
#include "app/output.h"
#include "store/audit_chain.h"
#include "store/recorder.h"
#include "system/act_as.h"
#include "system/clock.h"
#include "system/digest.h"

namespace clockwright::app {
namespace {

Result<void> add_to_chain(const std::string& place, const std::vector<Record>& rows) {
    auto chain = TRY(store::AuditChain::open(place, system::sha256_hex, boot_id()));
    return chain.append(rows, system::read_clocks());
}

}  // namespace

Result<void> remember_event(const Context& context, EventRow event) {
    const std::string place = agent_directory(context.config);
    const auto owner = TRY(system::ActAsOwner::of(place));
    auto recorder = TRY(store::Recorder::open(place));
    const std::vector<Record> rows{std::move(event)};
    TRY(recorder.write(rows));
    TRY(recorder.sync());
    if (auto added = add_to_chain(place, rows); !added)
        print_remark(context.command, "not in the audit chain: " + added.error().message + "\n");
    return {};
}

}  // namespace clockwright::app
