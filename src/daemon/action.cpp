#include "daemon/action.h"

#include <fmt/format.h>

#include <fmt/ranges.h>
#include <algorithm>

#include <type_traits>

#include "time/spell.h"

namespace clockwright {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};

std::string describe_write(const WriteFile& write) {
    return fmt::format("{} {}", write.after.exists ? "wrote" : "removed", write.after.path);
}

}  // namespace

std::string describe(const Action& action) {
    return std::visit(
        Overloaded{
            [](const WriteFile& write) { return describe_write(write); },
            [](const ReloadSources&) { return std::string("reload sources"); },
            [](const DeleteSource& gone) {
                return fmt::format(
                    "delete source {} ({})", printable(gone.name),
                    gone.address.is_unspecified() ? "without an address" : to_string(gone.address));
            },
            [](const AddSource& added) { return "add source: " + printable(added.line); },
            [](const RestartDaemon& restart) {
                return fmt::format("run {}", fmt::join(restart.argv, " "));
            },
        },
        action);
}

std::optional<Action> inverse(const Action& action) {
    return std::visit(
        [](const auto& known) -> std::optional<Action> {
            using Kind = std::decay_t<decltype(known)>;
            if constexpr (std::is_same_v<Kind, WriteFile>)
                return WriteFile{.before = known.after, .after = known.before};
            else if constexpr (std::is_same_v<Kind, ReloadSources> ||
                               std::is_same_v<Kind, RestartDaemon>)
                return known;
            else
                return std::nullopt;
        },
        action);
}

void join_commands(std::vector<Action>& all, const std::vector<Action>& of_step) {
    for (std::size_t i = 0; i < of_step.size(); ++i) {
        const auto needed = std::count(
            of_step.begin(), of_step.begin() + static_cast<std::ptrdiff_t>(i) + 1, of_step[i]);
        if (std::ranges::count(all, of_step[i]) < needed) all.push_back(of_step[i]);
    }
}

}  // namespace clockwright
