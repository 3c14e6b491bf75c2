/// Polls of watched servers as rows of the record.
#pragma once

#include "app/watch_list.h"
#include "watch/record.h"

namespace clockwright::app {

/// One of `now` without an answer; `lost` is still empty.
SampleRow row_of(const Watched& server, const Now& now);
/// One that was answered, of the moment of its sample.
SampleRow row_of(const Watched& server, const Sample& sample, const Now& now);

}  // namespace clockwright::app
