/// A quantity over time as a picture that needs no program to draw it: SVG.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "watch/held_look.h"

namespace clockwright {

struct ChartValue {
    WallTime at;
    double value = 0;
};

struct Chart {
    std::string title;
    std::string (*spelled)(double) = nullptr;  ///< a value with its unit and sign
    Period period;
    std::vector<ChartValue> values;  ///< in order of time; empty: the picture says so
};

/// The charts below each other. In each: least, most and mean of every stretch of time, nothing
/// where there is no value; how often which value was there; mean and deviation. No script, nothing
/// fetched; titles may be foreign text.
std::string charts_svg(std::span<const Chart> charts);

}  // namespace clockwright
