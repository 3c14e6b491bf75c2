#include "app/change_window.h"

#include "system/time_zone.h"

namespace clockwright::app {

bool is_window_open(const Config& config) {
    const auto window = parse_window(config.apply.window);
    const system::LocalMoment now = system::local_moment();
    return window && is_open(*window, now.weekday, now.minute);
}

}  // namespace clockwright::app
