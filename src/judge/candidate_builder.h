/// Candidates with a known offset and root distance, for the tests of this room.
#pragma once

#include <string>
#include <utility>

#include "judge/candidate.h"

namespace clockwright {

/// A candidate that answered four probes alike: offset `theta`, root distance exactly `lambda`.
/// Its delay is λ/5, the rest of λ is root dispersion; so its expected error is 0.098·λ.
class CandidateBuilder {
  public:
    CandidateBuilder(std::string name, Seconds theta, Seconds lambda) {
        candidate_.source.as_written = name;
        candidate_.source.host.name = std::move(name);
        candidate_.series.sent = probes;
        for (int i = 0; i < probes; ++i) {
            Sample sample;
            sample.at = SteadyTime(std::chrono::seconds(i));
            sample.offset = theta;
            sample.delay = lambda / 5;
            sample.root_dispersion = lambda - sample.delay / 2;
            sample.stratum = 2;
            sample.refid = 0x0a000001;
            candidate_.series.samples.push_back(sample);
        }
    }

    CandidateBuilder& run_by(std::string operator_name) {
        candidate_.source.operator_name = std::move(operator_name);
        return *this;
    }
    CandidateBuilder& at(std::string_view address) {
        candidate_.address = parse_address(address).value();
        return *this;
    }
    CandidateBuilder& smearing(Smear smear) {
        candidate_.source.smear = smear;
        return *this;
    }
    CandidateBuilder& member(Membership membership) {
        candidate_.membership = membership;
        return *this;
    }
    CandidateBuilder& measured_only() {
        candidate_.selectable = false;
        return *this;
    }
    CandidateBuilder& saying(int stratum, std::uint32_t refid) {
        for (Sample& sample : candidate_.series.samples) {
            sample.stratum = static_cast<std::uint8_t>(stratum);
            sample.refid = refid;
        }
        return *this;
    }
    /// Lost the last `count` of its probes in this way.
    CandidateBuilder& losing(int count, Rejection rejection = Rejection::time_out) {
        for (int i = 0; i < count; ++i) {
            candidate_.series.samples.pop_back();
            candidate_.series.rejections.push_back(rejection);
        }
        return *this;
    }
    CandidateBuilder& kissed(std::uint32_t code) {
        candidate_.series.kiss = code;
        return *this;
    }

    operator Candidate() const { return candidate_; }

  private:
    static constexpr int probes = 4;
    Candidate candidate_;
};

constexpr Seconds milliseconds(double value) {
    return Seconds{value * 1e-3};
}

}  // namespace clockwright
