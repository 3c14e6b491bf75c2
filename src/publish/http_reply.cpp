#include "publish/http_reply.h"

#include <utility>

#include "publish/json_text.h"

namespace clockwright {

HttpResponse reply(int status, std::string_view content_type, std::string body) {
    HttpResponse response;
    response.status = status;
    response.content_type = content_type;
    response.body = std::move(body);
    response.headers = {
        {"Cache-Control", "no-store"},
        {"Content-Security-Policy", "default-src 'self'; base-uri 'none'; frame-ancestors 'none'"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Referrer-Policy", "no-referrer"},
        {"X-Content-Type-Options", "nosniff"}};
    return response;
}

HttpResponse json_reply(std::string body, int status) {
    return reply(status, "application/json", std::move(body));
}

HttpResponse fault_reply(int status, std::string_view sentence) {
    JsonObject fault(0);
    fault.add("error", sentence);
    return json_reply(fault.text() + "\n", status);
}

}  // namespace clockwright
