#include "publish/api.h"

#include "publish/api_routes.h"
#include "publish/http_reply.h"
#include "time/spell.h"

namespace clockwright {
namespace {

HttpResponse wrong_method() {
    HttpResponse response = fault_reply(405, "only GET and HEAD are answered here");
    response.headers["Allow"] = "GET, HEAD";
    return response;
}

}  // namespace

HttpResponse respond(const HttpRequest& request, const ApiView& view) {
    if (auto refused = refusal(request, view.access)) return std::move(*refused);
    const Route* route = find_route(request.path);
    if (route == nullptr)
        return fault_reply(404, "there is no " + printable(request.path) + "; see /openapi.json");
    if (request.method != "GET" && request.method != "HEAD") return wrong_method();
    auto query = parse_query(request.query, route->parameters, route->limit);
    if (!query) return fault_reply(400, query.error().message);
    return route->answer({request, view, std::move(*query)});
}

bool needs_history(const HttpRequest& request) {
    const Route* route = find_route(request.path);
    if (route == nullptr || route->record == Route::Record::no) return false;
    return route->record == Route::Record::yes || !request.query.empty();
}

}  // namespace clockwright
