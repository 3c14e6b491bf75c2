/// When authenticated sources are written as such: rule A-2, as corrected by running chronyd.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "judge/candidate.h"
#include "judge/selection.h"

namespace clockwright {

enum class NtsPolicy : std::uint8_t {
    off,      ///< no source is written with `nts`
    prefer,   ///< with `nts` when three sources of three operators have it, else none
    require,  ///< authenticated sources alone may be chosen
};

std::string_view to_string(NtsPolicy policy);
std::optional<NtsPolicy> parse_nts_policy(std::string_view text);  ///< "off", "prefer", "require"

/// As soon as chronyd has authenticated sources beside plain ones, it trusts them and requires
/// them: one that lies then outvotes any number of honest plain ones. So many keep each other in
/// check.
inline constexpr int enough_nts_sources = 3;

/// What is decided for one chosen set.
struct NtsChoice {
    bool write = false;    ///< the NTS sources among the members are written with `nts`
    int sources = 0;       ///< members that were measured authenticated
    int operators = 0;     ///< their operators; one that is not stated is one of its own
    std::string decision;  ///< for people; empty when no member speaks NTS and none has to
};

/// Was it measured by authenticated packets alone, with a certificate whose dates could be judged?
bool is_authenticated(const Candidate& candidate);

/// Why the policy does not let this candidate into a set; empty when it may. A foreign source stays
/// in the daemon whatever the policy says.
std::string objection_to(const Candidate& candidate, NtsPolicy policy);

/// Why a plain server may not come into a set: it is one that the daemon has with `nts`, and whose
/// NTS fails now, by its name or its address. Empty when it may, or when the user named it plainly:
/// no failure may take the authentication away (rule A-2).
std::string downgrade_objection(const Candidate& candidate, std::span<const Candidate> all,
                                NtsPolicy policy);

/// With `require` a set of NTS sources alone is written with `nts` whatever its size: there is no
/// plain source that it could outvote. A daemon that has no words for it (`daemon_can` false)
/// writes none.
NtsChoice choose_nts(std::span<const Candidate> candidates, std::span<const std::size_t> members,
                     NtsPolicy policy, bool daemon_can = true);

/// Is this NTS source written with `nts`? What is written so stays so unless `nts = off` says
/// otherwise: a failing server must not be able to take the authentication of the others away.
bool is_written_with_nts(const Candidate& candidate, const NtsChoice& choice, NtsPolicy policy);

}  // namespace clockwright
