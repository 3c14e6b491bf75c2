#include "app/decision.h"
#include "app/exit_code.h"
#include "app/output.h"
#include "app/transaction.h"
#include "app/verbs.h"
#include "publish/plan_report.h"
#include "publish/table.h"
#include "system/user_file.h"

namespace clockwright::app {
namespace {

int code_of(const Decision& decision) {
    if (decision.no_set) return exit_no_set;
    if (decision.no) return exit_code_of(decision.no->fault);
    return decision.plan.change ? exit_change_due : exit_done;
}

std::string text_of(const Decision& decision, bool explain) {
    std::string out = consensus_text(decision.run.judged.selection.consensus) + "\n";
    for (const Hazard& hazard : decision.run.judged.selection.hazards) out += wrap(hazard.text, 0);
    if (decision.no) {
        const std::string begin = decision.no->fault == Fault::refused ? "Refused: " : "No plan: ";
        out += wrap_sentence(begin + decision.no->message, ". Nothing changed.");
        return out + "Next: clockwright scan --explain\n";
    }
    out += plan_text(decision.plan, explain);
    if (!decision.plan.change) return out + "Next: clockwright status\n";
    return out + "Plan " + decision.plan.id + ". Next: clockwright apply\n";
}

}  // namespace

Result<int> run_plan(const Context& context) {
    const Command& command = context.command;
    const Decision decision = TRY(make_decision(context));
    print_notes(command, decision.run.measured.notes);
    const std::string unfinished = unfinished_text(context.config);
    if (!unfinished.empty()) print_remark(command, wrap(unfinished, 0));
    const bool saves = command.verb == Verb::plan && !command.file.empty();
    if (saves && !decision.no) {
        TRY(system::write_new_file(command.file, plan_to_json(decision.plan)));
    }
    (decision.no ? print_refusal : print_result)(command, command.json
                                                              ? plan_json(decision.plan, unfinished)
                                                              : text_of(decision, command.explain));
    return code_of(decision);
}

}  // namespace clockwright::app
