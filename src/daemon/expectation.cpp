#include <algorithm>
#include <set>

#include "daemon/dialect.h"
#include "daemon/verify.h"

namespace clockwright {
namespace {

Authentication authentication_of(const SourceLine& line) {
    return line.nts ? Authentication::nts : Authentication::none;
}

ExpectedSource expected(const SourceLine& line) {
    return {.name = line.name,
            .pool = line.type == SourceLine::Type::pool,
            .authentication = authentication_of(line)};
}

/// The foreign part of an expectation: what the daemon lists stays listed; what only a file knows
/// may come or not. Lines of `gone` are no longer wanted.
void expect_foreign(Expectation& expectation, const Found& found,
                    const std::vector<SourceLine>& gone) {
    const auto own = own_lines(found);
    const auto foreign = foreign_lines(found);
    std::set<std::string> done;
    for (const auto& source : expectation.sources) done.insert(source.name);
    for (const auto& name : listed_names(found.state)) {
        if (names(own, name) && !names(foreign, name)) continue;
        if (!done.insert(name).second) continue;
        const auto line = std::ranges::find_if(
            foreign, [&](const auto& known) { return same_word(known.name, name); });
        ExpectedSource source;
        if (line != foreign.end()) source = expected(*line);
        source.name = name;
        source.kept_foreign = true;
        source.may_be_absent = line == foreign.end();
        if (names(gone, name)) continue;
        expectation.sources.push_back(std::move(source));
    }
    for (const auto& line : foreign) {
        if (names(gone, line.name) || !done.insert(line.name).second) continue;
        auto source = expected(line);
        source.kept_foreign = source.may_be_absent = true;
        expectation.sources.push_back(std::move(source));
    }
}

}  // namespace

Expectation expectation_of(const Found& found, const std::vector<SourceLine>& staying,
                           const std::vector<SourceLine>& added,
                           const std::vector<SourceLine>& gone, int minimum) {
    Expectation expectation;
    expectation.minimum = minimum;
    for (const auto& line : staying) expectation.sources.push_back(expected(line));
    for (const auto& line : added) {
        auto source = expected(line);
        source.added = true;
        expectation.sources.push_back(std::move(source));
    }
    expect_foreign(expectation, found, gone);
    return expectation;
}

Expectation present_state(const Found& found) {
    const auto listed = listed_names(found.state);
    auto expectation = expectation_of(found, own_lines(found), {}, {}, 0);
    for (auto& source : expectation.sources)
        source.may_be_absent |= std::ranges::find(listed, source.name) == listed.end();
    expectation.proof_only = true;
    return expectation;
}

}  // namespace clockwright
