#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "daemon/chrony_source_line.h"
#include "daemon/dialect.h"
#include "daemon/json_fields.h"
#include "daemon/plan.h"
#include "daemon/plan_json.h"
#include "time/spell.h"

namespace clockwright {
namespace {

using Json = JsonFields::Json;

constexpr std::size_t largest_document = 32U << 20U;
constexpr std::size_t most_faults_shown = 20;
constexpr std::int64_t most_sources = 1000, most_packets = 100'000;

bool is_safe_path(const std::string& path) {
    return path.starts_with('/') && path.size() <= 4096 && !path.ends_with('/') &&
           !path.contains("/../") && !path.ends_with("/..") && !path.contains("//") &&
           std::ranges::all_of(path, [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
}

bool is_digest(const std::string& text) {
    return text.size() == 64 && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

void check_name(JsonFields& fields, std::string_view key, const std::string& name) {
    const auto host = parse_host(name);
    if (!host || host->name != name) fields.fault(key, "is no host name");
}

/// A name that is only compared with what the daemon lists; chronyd accepts more than we do.
void check_listed_name(JsonFields& fields, std::string_view key, const std::string& name) {
    const auto odd = [](unsigned char c) { return c <= 0x20 || c == 0x7f; };
    if (name.empty() || name.size() > 255 || std::ranges::any_of(name, odd))
        fields.fault(key, "is no name of a source");
}

FileState read_file(const Json& json, const std::string& place, bool with_content,
                    JsonFaults& faults) {
    JsonFields fields(json, place, faults);
    FileState file;
    file.path = fields.text("path");
    file.exists = fields.boolean("exists");
    file.sha256 = fields.text("sha256");
    file.mode = static_cast<std::uint32_t>(fields.integer("mode", 0, 07777));
    file.uid = static_cast<std::uint32_t>(fields.integer("uid", 0, UINT32_MAX));
    file.gid = static_cast<std::uint32_t>(fields.integer("gid", 0, UINT32_MAX));
    if (with_content) file.content = fields.bytes("content");
    fields.close();
    if (!is_safe_path(file.path)) fields.fault("path", "must be absolute, without \"..\"");
    if (file.exists ? !is_digest(file.sha256) : !file.sha256.empty())
        fields.fault("sha256", "must be 64 hexadecimal digits of an existing file");
    if (!file.exists && !file.content.empty())
        fields.fault("content", "a file that does not exist has none");
    return file;
}

Action read_write(JsonFields& fields, JsonFaults& faults) {
    WriteFile write{
        .before = read_file(fields.inner("before"), fields.place_of("before"), true, faults),
        .after = read_file(fields.inner("after"), fields.place_of("after"), true, faults)};
    if (write.before.path != write.after.path)
        fields.fault("after.path", "must be the path of before");
    return write;
}

Action read_delete(JsonFields& fields) {
    DeleteSource gone{.name = fields.text("name"), .address = {}};
    check_listed_name(fields, "name", gone.name);
    if (const auto address = parse_address(fields.text("address")))
        gone.address = *address;
    else
        fields.fault("address", "is no IP address");
    return gone;
}

Action read_add(JsonFields& fields) {
    AddSource added{.line = fields.text("line")};
    const auto line = chrony::parse_source_line(added.line);
    if (!line || !line->unknown_options.empty() || chrony::render(*line) != added.line)
        fields.fault("line", "is no source line of chrony.conf as it is written here");
    else
        check_listed_name(fields, "line", line->name);
    return added;
}

Action read_restart(JsonFields& fields) {
    RestartDaemon restart{.argv = fields.texts("argv")};
    if (restart.argv.empty() || !is_safe_path(restart.argv.front()))
        fields.fault("argv", "must begin with an absolute path");
    return restart;
}

Action read_action(const Json& json, const std::string& place, JsonFaults& faults) {
    JsonFields fields(json, place, faults);
    const auto word = fields.text("do");
    Action action = ReloadSources{};
    if (word == action_words::write)
        action = read_write(fields, faults);
    else if (word == action_words::remove)
        action = read_delete(fields);
    else if (word == action_words::add)
        action = read_add(fields);
    else if (word == action_words::restart)
        action = read_restart(fields);
    else if (word != action_words::reload)
        fields.fault("do", "is no action");
    fields.close();
    return action;
}

std::vector<Action> read_actions(JsonFields& fields, std::string_view key, JsonFaults& faults) {
    std::vector<Action> actions;
    fields.each(key, [&](const Json& json, const std::string& place) {
        actions.push_back(read_action(json, place, faults));
    });
    return actions;
}

ExpectedSource read_source(const Json& json, const std::string& place, JsonFaults& faults) {
    JsonFields fields(json, place, faults);
    ExpectedSource source;
    source.name = fields.text("name");
    source.added = fields.boolean("added");
    source.kept_foreign = fields.boolean("kept_foreign");
    source.pool = fields.boolean("pool");
    source.leaving = fields.boolean("leaving");
    source.may_be_absent = fields.boolean("may_be_absent");
    const auto authentication = fields.text("authentication");
    fields.close();
    if (source.added)
        check_name(fields, "name", source.name);
    else
        check_listed_name(fields, "name", source.name);
    if (authentication == to_string(Authentication::nts))
        source.authentication = Authentication::nts;
    else if (authentication != to_string(Authentication::none))
        fields.fault("authentication", "must be \"none\" or \"nts\"");
    return source;
}

Expectation read_expectation(const Json& json, const std::string& place, JsonFaults& faults) {
    JsonFields fields(json, place, faults);
    Expectation expectation;
    fields.each("sources", [&](const Json& source, const std::string& where) {
        expectation.sources.push_back(read_source(source, where, faults));
    });
    expectation.exactly = fields.boolean("exactly");
    expectation.minimum = static_cast<int>(fields.integer("minimum", 0, most_sources));
    expectation.proof_only = fields.boolean("proof_only");
    fields.close();
    return expectation;
}

/// Every write has its exact way back in the same step.
void check_undo(JsonFields& fields, const Step& step) {
    const auto writes = [](const Action& action) {
        return std::holds_alternative<WriteFile>(action);
    };
    for (const auto& action : step.actions)
        if (writes(action) && std::ranges::find(step.undo, *inverse(action)) == step.undo.end())
            fields.fault("undo", fmt::format("does not take back: {}", describe(action)));
    if (std::ranges::count_if(step.undo, writes) > std::ranges::count_if(step.actions, writes))
        fields.fault("undo", "writes more files than the actions do");
}

Step read_step(const Json& json, const std::string& place, JsonFaults& faults) {
    JsonFields fields(json, place, faults);
    Step step;
    step.title = fields.text("title");
    step.actions = read_actions(fields, "actions", faults);
    step.undo = read_actions(fields, "undo", faults);
    step.expect = read_expectation(fields.inner("expect"), fields.place_of("expect"), faults);
    fields.close();
    check_undo(fields, step);
    return step;
}

/// A plan writes our own file, and to a foreign one only what the daemon's dialect does to it.
void check_writes(const Plan& plan, DaemonKind kind, JsonFaults& faults) {
    const auto check = [&](const std::vector<Action>& actions, std::size_t step, auto key) {
        for (std::size_t i = 0; i < actions.size(); ++i)
            if (const auto* write = std::get_if<WriteFile>(&actions[i]);
                write && !dialect_of(kind).is_own_write(*write))
                faults.push_back(
                    fmt::format("steps[{}].{}[{}].after.content: changes more of a "
                                "foreign file than commenting out source lines",
                                step, key, i));
    };
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
        check(plan.steps[i].actions, i, "actions");
        check(plan.steps[i].undo, i, "undo");
    }
}

/// A step finds each file as the step before left it, and the first as the plan's ground says.
void check_chain(const Plan& plan, JsonFaults& faults) {
    auto files = plan.rests_on;
    for (std::size_t i = 0; i < plan.steps.size(); ++i)
        for (const auto& action : plan.steps[i].actions) {
            const auto* write = std::get_if<WriteFile>(&action);
            if (!write) continue;
            const auto known = std::ranges::find(files, write->before.path, &FileState::path);
            if (known == files.end()) {
                faults.push_back(fmt::format("rests_on: {} is written but not named here",
                                             printable(write->before.path)));
            } else {
                if (known->sha256 != write->before.sha256)
                    faults.push_back(fmt::format("steps[{}]: {} is not as it was left before", i,
                                                 printable(write->before.path)));
                *known = write->after;
            }
        }
}

void read_confirmations(JsonFields& fields, Plan& plan, JsonFaults& faults) {
    std::vector<int> counts;
    fields.each("confirmations", [&](const Json& json, const std::string& place) {
        if (json.is_number_unsigned() && json.get<std::uint64_t>() <= 1'000'000)
            counts.push_back(json.get<int>());
        else
            faults.push_back(place + ": must be a count");
    });
    if (counts.size() != 2) {
        fields.fault("confirmations", "must be two counts: have and need");
        return;
    }
    plan.confirmations_have = counts[0];
    plan.confirmations_need = counts[1];
}

Plan read_plan(const Json& json, JsonFaults& faults) {
    JsonFields fields(json, {}, faults);
    Plan plan;
    fields.integer("clockwright_plan", plan_format, plan_format);
    plan.id = fields.text("id");
    if (const auto made_at = parse_rfc3339(fields.text("made_at")))
        plan.made_at = *made_at;
    else
        fields.fault("made_at", "must be an instant of RFC 3339 with Z");
    plan.daemon = fields.text("daemon");
    const auto kind = parse_daemon_kind(plan.daemon);
    if (!kind) fields.fault("daemon", "is no daemon that plans are made for");
    plan.config_file = fields.text("config_file");
    plan.control = fields.text("control");
    plan.change = fields.boolean("change");
    plan.restart = fields.boolean("restart");
    plan.reason = fields.text("reason");
    plan.gain = fields.number_or_null("gain");
    read_confirmations(fields, plan, faults);
    plan.add = fields.texts("add");
    plan.remove = fields.texts("remove");
    plan.keep = fields.texts("keep");
    plan.taken_over = fields.texts("taken_over");
    plan.notes = fields.texts("notes");
    plan.diff = fields.bytes("diff");
    plan.packets_planned = static_cast<int>(fields.integer("packets_planned", 0, most_packets));
    fields.each("steps", [&](const Json& step, const std::string& place) {
        plan.steps.push_back(read_step(step, place, faults));
    });
    fields.each("rests_on", [&](const Json& file, const std::string& place) {
        plan.rests_on.push_back(read_file(file, place, false, faults));
    });
    plan.daemon_sources = fields.texts("daemon_sources");
    plan.before = read_expectation(fields.inner("before"), "before", faults);
    fields.close();
    if (plan.change == plan.steps.empty())
        fields.fault("steps", "a change has steps, no change has none");
    if (kind) check_writes(plan, *kind, faults);
    check_chain(plan, faults);
    return plan;
}

}  // namespace

Result<Plan> plan_from_json(std::string_view text) {
    if (text.size() > largest_document)
        return fail(Fault::bad_input, "the plan is larger than 32 MiB");
    const auto json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) return fail(Fault::bad_input, "the plan is no JSON document");
    JsonFaults faults;
    auto plan = read_plan(json, faults);
    if (faults.empty()) return plan;
    if (faults.size() > most_faults_shown) {
        const auto more = faults.size() - most_faults_shown;
        faults.resize(most_faults_shown);
        faults.push_back(fmt::format("and {} more", more));
    }
    return fail(Fault::bad_input, fmt::format("the plan is faulty: {}", fmt::join(faults, "; ")));
}

}  // namespace clockwright
