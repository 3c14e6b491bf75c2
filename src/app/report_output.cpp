#include "app/report_output.h"

#include <fmt/format.h>

#include "app/exit_code.h"
#include "app/output.h"
#include "app/secret_file.h"
#include "system/signature.h"
#include "system/user_file.h"
#include "time/spell.h"

namespace clockwright::app {

Result<std::string> signature_by(const std::string& key_file, const std::string& document) {
    auto made = system::sign_document(document, TRY(read_secret(key_file)));
    if (!made) return fail(made.error().fault, key_file + ": " + made.error().message);
    return made;
}

Result<int> deliver(const Context& context, const std::string& document) {
    const ReportCommand& report = context.command.report;
    if (report.out.empty()) {
        print_result(context.command, document);
        return exit_done;
    }
    std::string signature;
    if (!report.sign.empty()) signature = TRY(signature_by(report.sign, document));
    TRY(system::write_new_file(report.out, document));
    if (!signature.empty()) TRY(system::write_new_file(report.out + ".sig", signature));
    print_remark(context.command,
                 fmt::format("Written: {0}{1}\n", printable(report.out),
                             signature.empty() ? "" : ", with its signature beside it (.sig)"));
    return exit_done;
}

}  // namespace clockwright::app
