#include "app/run_notes.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace clockwright::app;

namespace {

/// One measured candidate of that name and delay.
void add(Judged& judged, const char* name, Seconds delay, Membership membership, bool chosen) {
    Candidate candidate;
    candidate.source.host.name = candidate.source.as_written = name;
    candidate.address = parse_address("10.0.0." + std::to_string(judged.candidates.size() + 1));
    candidate.membership = membership;
    Assessment assessment;
    assessment.stats.emplace();
    assessment.stats->delay_min = delay;
    assessment.chosen = chosen;
    if (chosen) judged.selection.ensemble.members.push_back(judged.candidates.size());
    judged.candidates.push_back(candidate);
    judged.selection.assessments.push_back(assessment);
}

void add_twin(Judged& judged, const char* name, std::size_t of) {
    Twin twin{judged.candidates[of], of};
    twin.candidate.source.host.name = name;
    judged.twins.push_back(twin);
}

}  // namespace

TEST_CASE("the delay of a better set is told beside that of the present one") {
    Judged judged;
    add(judged, "old", Seconds{0.030}, Membership::ours, false);
    add(judged, "kept", Seconds{0.010}, Membership::ours, true);
    add(judged, "new", Seconds{0.002}, Membership::none, true);
    CHECK(
        run_notes(judged) ==
        std::vector<std::string>{"Mean delay of the chosen set 6.0 ms, of the present one 20 ms."});
    judged.selection.assessments[0].chosen = true;
    judged.selection.assessments[2].chosen = false;  // the present set is the chosen one
    CHECK(run_notes(judged).empty());
}

TEST_CASE("many names of one address are a machine with many names or a lying name service") {
    Judged judged;
    add(judged, "a.example", Seconds{0.01}, Membership::none, true);
    add_twin(judged, "b.example", 0);
    CHECK(run_notes(judged).empty());
    add_twin(judged, "10.0.0.1", 0);  // an address is no further name
    CHECK(run_notes(judged).empty());
    add_twin(judged, "c.example", 0);
    CHECK(
        run_notes(judged) ==
        std::vector<std::string>{"3 names lead to 10.0.0.1 (a.example, b.example, c.example): one "
                                 "machine with many names, or a name service that lies."});
}

TEST_CASE("chosen servers with one upstream are told, those of a local clock are not") {
    Judged judged;
    add(judged, "a", Seconds{0.01}, Membership::none, true);
    add(judged, "b", Seconds{0.01}, Membership::none, true);
    for (Assessment& assessment : judged.selection.assessments) {
        assessment.stats->stratum = 2;
        assessment.stats->refid = 0x0a090909;
    }
    CHECK(run_notes(judged) ==
          std::vector<std::string>{"a and b share upstream 10.9.9.9: they may be wrong together."});
    for (Assessment& assessment : judged.selection.assessments)
        assessment.stats->refid = 0x7f7f0101;
    CHECK(run_notes(judged).empty());
}
