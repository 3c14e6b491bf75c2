#include "judge/hazards.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "judge/candidate_builder.h"

namespace clockwright {
namespace {

/// Offset and root distance in milliseconds; upstream `refid` of its own.
CandidateBuilder server(double theta, double lambda, std::uint32_t refid) {
    return CandidateBuilder("s" + std::to_string(refid), milliseconds(theta), milliseconds(lambda))
        .saying(2, 0x0b000000 + refid);
}

std::vector<std::string> notes_of(const std::vector<Candidate>& candidates) {
    std::vector<std::string> texts;
    for (const Hazard& hazard : select(candidates, {}).hazards) texts.push_back(hazard.text);
    return texts;
}

bool has_note(const std::vector<std::string>& notes, std::string_view begin) {
    return std::ranges::any_of(notes,
                               [&](const std::string& note) { return note.starts_with(begin); });
}

TEST_CASE("independent servers that agree are no hazard") {
    CHECK(notes_of({server(0, 10, 1), server(0, 10, 2), server(0, 10, 3), server(0, 10, 4),
                    server(900, 10, 5)})
              .empty());
}

TEST_CASE("answers that nobody asked for are counted and told (H-14)") {
    std::vector<Candidate> servers{server(0, 10, 1), server(0, 10, 2), server(0, 10, 3)};
    servers[1].series.rejections = {Rejection::bogus_origin, Rejection::time_out,
                                    Rejection::bogus_origin};
    servers[2].series.rejections = {Rejection::unauthenticated};
    const auto notes = notes_of(servers);
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].starts_with("3 answers to what was never asked"));
    CHECK(notes[0].contains("s2, s3"));
}

TEST_CASE("colluders that win are told as a second group (vector V-8)") {
    const auto notes = notes_of({server(0, 1, 1), server(0.1, 1, 2), server(50, 1, 3),
                                 server(50.1, 1, 4), server(50.2, 1, 5)});
    REQUIRE(notes.size() == 1);
    CHECK(notes[0] ==
          "Two groups: 3 agree, and 2 falsetickers agree with each other on another time, -50.1 ms "
          "from it (s1, s2). One of the groups fails or lies together; only independence (rule "
          "S-4) tells which.");
}

TEST_CASE("falsetickers that are each wrong in their own way are no group") {
    CHECK(notes_of({server(0, 10, 1), server(0, 10, 2), server(0, 10, 3), server(700, 10, 4),
                    server(900, 10, 5)})
              .empty());
}

TEST_CASE("a majority that one operator, network or upstream carries is told") {
    const std::vector<Candidate> by_operator{
        server(50, 1, 1).run_by("Lie Inc"), server(50, 1, 2).run_by("Lie Inc"),
        server(50, 1, 3).run_by("Lie Inc"), server(0, 1, 4), server(-90, 1, 5)};
    CHECK(has_note(notes_of(by_operator),
                   "The majority stands on operator Lie Inc alone: without "
                   "s1, s2, s3 nobody would have one (rule S-4)."));
    const std::vector<Candidate> by_network{
        server(50, 1, 1).at("198.51.100.1"), server(50, 1, 2).at("198.51.100.2"),
        server(50, 1, 3).at("198.51.100.3"), server(0, 1, 4), server(-90, 1, 5)};
    CHECK(has_note(notes_of(by_network), "The majority stands on one network alone"));
    const std::vector<Candidate> by_upstream{server(50, 1, 1), server(50, 1, 1), server(50, 1, 1),
                                             server(0, 1, 4), server(-90, 1, 5)};
    CHECK(has_note(notes_of(by_upstream), "The majority stands on one upstream alone"));
}

TEST_CASE("an operator with many servers among many others carries nothing") {
    std::vector<Candidate> candidates;
    for (std::uint32_t i = 0; i < 3; ++i) candidates.push_back(server(0, 1, i).run_by("Big"));
    for (std::uint32_t i = 3; i < 6; ++i) candidates.push_back(server(0, 1, i));
    candidates.push_back(server(90, 1, 7));
    CHECK(notes_of(candidates).empty());
}

TEST_CASE("a mix of smear classes in the present set is told, among strangers it is none") {
    std::vector<Candidate> candidates{server(0, 10, 1), server(0, 10, 2).smearing(Smear::google),
                                      server(0, 10, 3), server(0, 10, 4)};
    CHECK(notes_of(candidates).empty());
    for (Candidate& it : candidates) it.membership = Membership::ours;
    CHECK(has_note(notes_of(candidates),
                   "The present sources mix smear classes: s1 (unknown) and s2 (google)."));
}

TEST_CASE("leap flags that differ are told") {
    std::vector<Candidate> candidates{server(0, 10, 1), server(0, 10, 2), server(0, 10, 3),
                                      server(0, 10, 4)};
    for (Sample& sample : candidates[2].series.samples) sample.leap = Leap::insert;
    CHECK(notes_of(candidates) ==
          std::vector<std::string>{
              "Leap flags differ: 1 announce an inserted second, 0 a deleted one, 3 none (s3)."});
    for (Candidate& it : candidates) {
        for (Sample& sample : it.series.samples) sample.leap = Leap::insert;
    }
    CHECK(notes_of(candidates).empty());
}

TEST_CASE("a present set of one operator is a single point of failure") {
    std::vector<Candidate> candidates;
    for (std::uint32_t i = 0; i < 4; ++i) {
        candidates.push_back(server(0, 10, i).run_by("One").member(Membership::ours));
    }
    CHECK(has_note(notes_of(candidates),
                   "Single point of failure: all 4 present sources are run by One."));
}

TEST_CASE("a present set of anycast servers alone may be moved at any time") {
    std::vector<Candidate> candidates;
    for (std::uint32_t i = 0; i < 4; ++i) {
        Candidate one = server(0, 10, i).member(Membership::ours);
        one.source.kind = ServerKind::anycast;
        candidates.push_back(one);
    }
    const std::string note = "Single point of failure: all 4 present sources are anycast";
    CHECK(has_note(notes_of(candidates), note));
    candidates[0].source.kind = ServerKind::host;
    CHECK_FALSE(has_note(notes_of(candidates), note));
}

TEST_CASE("names from outside cannot write on the terminal") {
    std::vector<Candidate> candidates;
    for (std::uint32_t i = 0; i < 4; ++i) {
        candidates.push_back(server(0, 10, i).run_by("\x1b[2J").member(Membership::ours));
    }
    for (const std::string& note : notes_of(candidates)) CHECK_FALSE(note.contains('\x1b'));
}

}  // namespace
}  // namespace clockwright
