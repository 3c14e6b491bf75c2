#include <fmt/format.h>

#include "app/exit_code.h"
#include "app/output.h"
#include "app/report_ground.h"
#include "app/report_output.h"
#include "app/verified_chain.h"
#include "publish/json_text.h"
#include "store/audit_chain.h"
#include "system/clock.h"
#include "system/local_host.h"
#include "system/signature.h"
#include "system/user_file.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

std::string chain_text(const VerifiedChain& chain) {
    const std::string removed =
        chain.base.records > 0 ? fmt::format("The first {} records were removed by [audit] keep.\n",
                                             chain.base.records)
                               : "";
    return fmt::format(
        "The audit chain is whole: {} records in {} files.\n{}Head: {}\n"
        "Who is root here could write another: keep the head elsewhere, and report verify "
        "--expect\nfinds what was cut off or rewritten.\n",
        chain.end.records - chain.base.records, chain.files, removed, chain.end.head);
}

std::string chain_json(const VerifiedChain& chain) {
    JsonObject json(0);
    json.add("records", chain.end.records - chain.base.records);
    json.add("removed", chain.base.records);
    json.add("head", chain.end.head);
    return json.text() + "\n";
}

/// A signed head is held against the chain as well; of a report the signature is all there is.
Result<int> verify_document(const Context& context) {
    const ReportCommand& report = context.command.report;
    if (report.key.empty()) return fail(Fault::usage, "--document needs --key");
    const std::string document = TRY(system::read_file(report.document));
    const std::string signature = TRY(system::read_file(report.document + ".sig"));
    const std::string key = TRY(system::read_file(report.key));
    if (auto good = system::verify_signature(document, signature, key); !good)
        return fail(good.error().fault, printable(report.document) + ": " + good.error().message);
    std::string text = printable(report.document) + " is signed by the owner of the key.\n";
    if (const auto head = store::parse_head(document)) {
        const VerifiedChain chain = TRY(verified_chain(context.config, head->end.head));
        text +=
            fmt::format("Nothing was cut off or rewritten up to record {}, the head of {} at {}.\n",
                        head->end.records, printable(head->host), printable(head->at));
        text += chain_text(chain);
    }
    print_result(context.command,
                 context.command.json ? "{\n  \"signed\": true\n}\n" : std::string_view(text));
    return exit_done;
}

}  // namespace

Result<int> report_verify(const Context& context) {
    const Command& command = context.command;
    if (!command.report.document.empty()) return verify_document(context);
    const VerifiedChain chain = TRY(verified_chain(context.config, command.expect));
    if (!command.report.out.empty())
        return deliver(context, store::head_text({system::host_name(),
                                                  rfc3339(system::read_clocks().wall), chain.end}));
    print_result(command, command.json ? chain_json(chain) : chain_text(chain));
    return exit_done;
}

}  // namespace clockwright::app
