/// Answers from the snapshot alone: what the last cycle found.
#pragma once

#include "publish/http.h"

namespace clockwright {

struct ApiCall;

HttpResponse answer_status(const ApiCall& call);
HttpResponse answer_servers(const ApiCall& call);
HttpResponse answer_plan(const ApiCall& call);
HttpResponse answer_config(const ApiCall& call);
HttpResponse answer_metrics(const ApiCall& call);
HttpResponse answer_stream(const ApiCall& call);
/// 503: no cycle is complete yet.
HttpResponse not_yet();

}  // namespace clockwright
