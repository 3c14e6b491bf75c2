/// Answers from the record: rows of a stretch of time, as JSON or as CSV.
#pragma once

#include "publish/http.h"

namespace clockwright {

struct ApiCall;

HttpResponse answer_samples(const ApiCall& call);
HttpResponse answer_history(const ApiCall& call);
HttpResponse answer_drift_history(const ApiCall& call);
HttpResponse answer_events(const ApiCall& call);
/// What is pending and firing; with parameters, what was in that time.
HttpResponse answer_alerts(const ApiCall& call);

}  // namespace clockwright
