/// The HTTP API as a function: a request and what is known in, an answer out.
#pragma once

#include <set>
#include <string>

#include "publish/health.h"
#include "publish/history.h"
#include "publish/http.h"
#include "publish/http_access.h"
#include "publish/snapshot.h"

namespace clockwright {

/// What there is to tell at this moment.
struct ApiView {
    const Snapshot* snapshot = nullptr;  ///< null: no cycle is complete yet
    const History* history = nullptr;    ///< null: there is no record
    std::string config_json;             ///< every setting with its origin
    Now now{};
    AccessRules access;
    std::set<std::string> compat;  ///< other exporters' metrics to serve too (publish/prometheus.h)
    HealthClasses classes;
};

/// Never fails: what goes wrong is an answer with a status and a sentence.
HttpResponse respond(const HttpRequest& request, const ApiView& view);

/// Its answer reads the record, which may take long: not on the event loop.
bool needs_history(const HttpRequest& request);

}  // namespace clockwright
