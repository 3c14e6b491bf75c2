/// Facts: what rules are about; numbers with names, each of one subject at one moment.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "time/units.h"

namespace clockwright {

/// A yes is 1, a no is 0; times are seconds, shares 0–1, frequencies ppm, as the name says.
struct Fact {
    std::string_view name;     ///< one of `known_facts`
    std::string_view subject;  ///< a server as written, which outlives this; empty: this host
    double value = 0;
    std::string evidence;  ///< a clause for people: "3 of 4 agree it is"; may be empty
};

/// What a fact is called, about whom, and what its number means.
struct FactKind {
    std::string_view name;
    bool of_server = false;
    std::string_view meaning;
};

/// Every fact that rules may name, in the order they are documented.
std::span<const FactKind> known_facts();
const FactKind* find_fact(std::string_view name);  ///< null: no such fact

}  // namespace clockwright
