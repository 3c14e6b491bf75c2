#include "watch/rtc_record.h"

namespace clockwright {

std::vector<RtcPoint> comparisons_of(std::span<const EventRow> events) {
    std::vector<RtcPoint> points;
    for (const EventRow& event : events) {
        if (event.kind == rtc_set_event || (event.kind == rtc_event && !event.size)) {
            points.clear();
        } else if (event.kind == rtc_event) {
            points.push_back({event.at, *event.size});
        }
    }
    return points;
}

}  // namespace clockwright
