/// The table of routes: what can be asked, with what, and what answers. OpenAPI is made from it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "publish/api.h"
#include "publish/api_query.h"

namespace clockwright {

struct ApiCall {
    const HttpRequest& request;
    const ApiView& view;
    ApiQuery query;
};

struct Route {
    /// Whether the answer needs the record; `asked`: when any parameter is given.
    enum class Record : std::uint8_t { no, yes, asked };

    std::string_view path;
    std::string_view summary;
    std::string_view parameters = {};  ///< names, with spaces between them
    std::string_view statuses;         ///< of its own, with spaces between them
    std::string_view media;            ///< of an answer that went well
    std::string_view schema = {};      ///< of a JSON answer (publish/openapi.h); empty: it is text
    Record record = Record::no;
    int limit = 0;  ///< rows without `limit`
    HttpResponse (*answer)(const ApiCall&) = nullptr;
};

std::span<const Route> routes();
const Route* find_route(std::string_view path);  ///< null: there is none

}  // namespace clockwright
