#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/exit_code.h"
#include "app/output.h"
#include "app/verbs.h"
#include "publish/table.h"
#include "system/local_host.h"
#include "system/user_file.h"

namespace clockwright::app {
namespace {

Result<int> init(const Context& context) {
    const std::string& given = context.command.config_file;
    const std::string path = given.empty() ? default_config_file : given;
    if (!system::LocalHost().glob(path).empty())
        return fail(path + " is there already; nothing written");
    TRY(system::make_directory_of(path));
    TRY(system::write_new_file(path, config_template()));
    print_result(context.command,
                 context.command.json
                     ? nlohmann::json{{"written", path}}.dump() + "\n"
                     : fmt::format("Wrote {} with every key at its default.\n", path));
    return exit_done;
}

std::string checked(const Context& context) {
    const std::vector<std::string>& remarks = context.config.remarks;
    if (context.command.json)
        return nlohmann::json{{"good", true}, {"remarks", remarks}}.dump() + "\n";
    std::string text;
    for (const std::string& remark : remarks) text += wrap(remark + ".", 0);
    return text + "The configuration is good.\nNext: clockwright config show\n";
}

}  // namespace

Result<int> run_config(const Context& context) {
    const std::string& word = context.command.file;
    if (word == "init") return init(context);
    // The file was read and found good before a verb runs: faults end with 78 there.
    if (word == "check") {
        print_result(context.command, checked(context));
    } else {
        print_result(context.command, context.command.json ? config_json(context.config)
                                                           : show_config(context.config));
    }
    return exit_done;
}

}  // namespace clockwright::app
