/// Silences: alerts that somebody knows of and wants to hear nothing about for a time.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "result.h"
#include "watch/alert.h"

namespace clockwright {

/// Alerts it matches are judged, shown and recorded, and nobody is told.
struct Silence {
    int number = 0;            ///< to remove it by
    std::string rule = "*";    ///< a pattern with * and ?
    std::string server = "*";  ///< the same; "*" matches this host too
    WallTime from, until;      ///< what a person said, so by the wall clock
    std::string reason;
    std::string by;  ///< "root"

    friend bool operator==(const Silence&, const Silence&) = default;
};

/// The first silence in force that matches; null when there is none.
const Silence* silence_of(std::span<const Silence> silences, const Alert& alert, WallTime now);

/// One document; `read_silences` is its inverse. Fault::bad_input when the text is damaged or of a
/// newer version.
std::string silences_json(std::span<const Silence> silences);
Result<std::vector<Silence>> read_silences(std::string_view text);

/// Adds one with the next free number, which it returns; forgets those that are over.
int add_silence(std::vector<Silence>& silences, Silence silence, WallTime now);

}  // namespace clockwright
