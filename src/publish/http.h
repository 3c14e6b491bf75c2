/// HTTP as values: what a client asks and what it gets.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "time/address.h"

namespace clockwright {

struct HttpRequest {
    std::string method;  ///< "GET"
    std::string path;    ///< "/api/v1/samples", percent-decoded
    std::map<std::string, std::string> query;
    std::string host;           ///< of the Host header, in lower case; empty: none
    std::uint16_t port = 0;     ///< of the Host header; 0: none is written
    std::string origin;         ///< the Origin header; empty: none
    std::string authorization;  ///< the Authorization header; empty: none
    std::string accept;
    std::string body;
    IpAddress remote{};
};

struct HttpResponse {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::map<std::string, std::string> headers;
    bool stream = false;  ///< `body` is the first part; the server sends every later event
};

}  // namespace clockwright
