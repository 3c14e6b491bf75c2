/// Words of ntp.conf, as its reader and its source lines share them.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace clockwright::ntp_conf {

/// The word as it must be written to be read back as one.
std::string quoted(std::string_view word);

/// `refclock …`, or a server at 127.127.t.u, which is ntpd's older way to name a reference clock.
bool is_refclock(std::span<const std::string> words);

}  // namespace clockwright::ntp_conf
