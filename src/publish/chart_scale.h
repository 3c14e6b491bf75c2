/// From values and instants to places in a picture.
#pragma once

#include <span>
#include <vector>

namespace clockwright {

/// Values of this range go to these places; the smallest value to the lowest place.
struct ChartScale {
    double least = 0, most = 1;  ///< least < most
    double first = 0, last = 1;  ///< places

    double place(double value) const;
    double value(double share) const { return least + share * (most - least); }
};

/// The next of 1, 2, 5, 10, … (× 10^k) that is no smaller; `least` > 0.
double round_step(double least);

/// From the least to the most, a little wider; a range also where all are the same. Not empty.
ChartScale scale_of(std::span<const double> values);

/// Round values (multiples of 1, 2 or 5 × 10^k) within the range, at most seven.
std::vector<double> ticks_of(const ChartScale& scale);

}  // namespace clockwright
