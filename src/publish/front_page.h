/// The page at "/": the sentence, the servers, the alerts, and where the API is. No script.
#pragma once

#include "publish/http.h"

namespace clockwright {

struct ApiCall;

HttpResponse answer_front_page(const ApiCall& call);

}  // namespace clockwright
