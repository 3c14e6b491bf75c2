/// Answers of the HTTP server: their kinds, and the headers that keep a browser from harm.
#pragma once

#include <string>
#include <string_view>

#include "publish/http.h"

namespace clockwright {

/// With the headers of safety: not to be kept, sniffed, framed, or read by pages of other origins.
HttpResponse reply(int status, std::string_view content_type, std::string body);
HttpResponse json_reply(std::string body, int status = 200);

/// {"error": "…"}: one sentence that names what is wrong.
HttpResponse fault_reply(int status, std::string_view sentence);

}  // namespace clockwright
