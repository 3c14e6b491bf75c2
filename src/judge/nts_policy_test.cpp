#include "judge/nts_policy.h"

#include <doctest/doctest.h>

#include "judge/candidate_builder.h"

using namespace clockwright;

namespace {

Candidate plain(const std::string& name, const std::string& operator_name) {
    return CandidateBuilder(name, milliseconds(0), milliseconds(10)).run_by(operator_name);
}

Candidate secure(const std::string& name, const std::string& operator_name) {
    Candidate candidate = plain(name, operator_name);
    candidate.source.authentication = Authentication::nts;
    for (Sample& sample : candidate.series.samples) sample.authenticated = true;
    return candidate;
}

NtsChoice choose(const std::vector<Candidate>& candidates, NtsPolicy policy) {
    std::vector<std::size_t> members;
    for (std::size_t i = 0; i < candidates.size(); ++i) members.push_back(i);
    return choose_nts(candidates, members, policy);
}

}  // namespace

TEST_CASE("a daemon that has no words for NTS is written without, and says so") {
    const std::vector<Candidate> candidates{secure("1", "a"), secure("2", "b"), secure("3", "c")};
    const std::vector<std::size_t> members{0, 1, 2};
    for (const auto policy : {NtsPolicy::prefer, NtsPolicy::require}) {
        const NtsChoice choice = choose_nts(candidates, members, policy, false);
        CHECK_FALSE(choice.write);
        CHECK(choice.decision ==
              "the daemon has no words for NTS: 3 NTS sources could only be written without it");
    }
    CHECK(choose_nts(candidates, members, NtsPolicy::require).write);
}

TEST_CASE("nts is written with three sources of three operators, and with none below that") {
    const struct {
        std::vector<std::string> secure_operators, plain_operators;
        bool write;
    } rows[] = {
        {{"a", "b", "c"}, {"d", "e"}, true},
        {{"a", "b", "c"}, {}, true},
        {{"a", "b"}, {"c", "d", "e"}, false},
        {{"a", "b", "b"}, {"c"}, false},
        {{"a", "a", "a"}, {}, false},
        {{"", "", ""}, {"a"}, true},  // operators that are not stated are each one of their own
        {{"a"}, {}, false},
        {{}, {"a", "b"}, false},
    };
    for (const auto& row : rows) {
        std::vector<Candidate> candidates;
        for (const auto& name : row.secure_operators) candidates.push_back(secure("s", name));
        for (const auto& name : row.plain_operators) candidates.push_back(plain("p", name));
        CAPTURE(row.secure_operators.size());
        CAPTURE(row.plain_operators.size());
        const NtsChoice choice = choose(candidates, NtsPolicy::prefer);
        CHECK(choice.write == row.write);
        CHECK(choice.sources == static_cast<int>(row.secure_operators.size()));
        CHECK(choice.decision.empty() == row.secure_operators.empty());
        CHECK_FALSE(choose(candidates, NtsPolicy::off).write);
    }
}

TEST_CASE("a required set of NTS sources alone outvotes nobody and needs no three operators") {
    const std::vector<Candidate> two{secure("s1", "a"), secure("s2", "a")};
    CHECK(choose(two, NtsPolicy::require).write);
    CHECK_FALSE(choose(two, NtsPolicy::prefer).write);
    const std::vector<Candidate> mixed{secure("s1", "a"), secure("s2", "b"), plain("p", "c")};
    CHECK_FALSE(choose(mixed, NtsPolicy::require).write);
}

TEST_CASE("only members count, and only those measured by authenticated packets") {
    std::vector<Candidate> candidates{secure("s1", "a"), secure("s2", "b"), secure("s3", "c")};
    const std::vector<std::size_t> members{0, 1};
    CHECK(choose_nts(candidates, members, NtsPolicy::prefer).sources == 2);
    candidates[2].series.samples.back().authenticated = false;
    CHECK(choose(candidates, NtsPolicy::prefer).sources == 2);
    candidates[1].series.samples.clear();
    CHECK(choose(candidates, NtsPolicy::prefer).sources == 1);
    candidates[0].nts.emplace();
    CHECK(is_authenticated(candidates[0]));
    candidates[0].nts->failure = NtsFailure::clock_wrong;  // a certificate without judged dates
    CHECK_FALSE(is_authenticated(candidates[0]));
}

TEST_CASE("require objects to plain sources, but not to foreign ones that stay anyway") {
    Candidate candidate = plain("p", "a");
    CHECK(objection_to(candidate, NtsPolicy::require) != "");
    CHECK(objection_to(candidate, NtsPolicy::prefer) == "");
    candidate.membership = Membership::foreign;
    CHECK(objection_to(candidate, NtsPolicy::require) == "");
    CHECK(objection_to(secure("s", "a"), NtsPolicy::require) == "");
}

TEST_CASE("the plain form of a server whose NTS fails does not come in its place") {
    Candidate failing = secure("ntp.example", "a");
    failing.source.as_written = "nts://ntp.example";
    failing.series.samples.clear();
    failing.address = parse_address("192.0.2.1");
    failing.membership = Membership::ours;
    failing.written = Authentication::nts;
    const auto objection = [&](const Candidate& candidate, NtsPolicy policy = NtsPolicy::prefer) {
        return downgrade_objection(candidate, std::vector{candidate, failing}, policy);
    };
    Candidate named = plain("NTP.example", "a"), alias = plain("192.0.2.1", "a");
    alias.address = failing.address;
    CHECK(objection(named) == "it is nts://ntp.example, whose NTS fails, without NTS");
    CHECK(objection(alias) == objection(named));
    CHECK(objection(named, NtsPolicy::off) == "");
    CHECK(objection(plain("other.example", "a")) == "");
    CHECK(objection(secure("ntp.example", "a")) == "");
    alias.source.permitted = true;  // the user named it so
    CHECK(objection(alias) == "");
    named.membership = Membership::foreign;  // stays whatever we say
    CHECK(objection(named) == "");
    named.membership = Membership::none;
    failing.written.reset();  // a candidate like any other
    CHECK(objection(named) == "");
    failing = secure("ntp.example", "a");
    failing.written = Authentication::nts;
    CHECK(objection(named) == "");
}

TEST_CASE("a policy is one of three words") {
    for (const NtsPolicy policy : {NtsPolicy::off, NtsPolicy::prefer, NtsPolicy::require})
        CHECK(parse_nts_policy(to_string(policy)) == policy);
    for (const auto* text : {"", "Prefer", "requir", "required", "on"})
        CHECK_FALSE(parse_nts_policy(text));
}

TEST_CASE("what is written with nts stays so, unless it is switched off") {
    Candidate candidate = secure("s", "a");
    const NtsChoice none;
    CHECK_FALSE(is_written_with_nts(candidate, none, NtsPolicy::prefer));
    candidate.written = Authentication::nts;
    CHECK(is_written_with_nts(candidate, none, NtsPolicy::prefer));
    CHECK_FALSE(is_written_with_nts(candidate, none, NtsPolicy::off));
    candidate.written = Authentication::none;
    CHECK(is_written_with_nts(candidate, NtsChoice{.write = true, .decision = {}},
                              NtsPolicy::prefer));
    CHECK_FALSE(is_written_with_nts(plain("p", "a"), NtsChoice{.write = true, .decision = {}},
                                    NtsPolicy::prefer));
}
