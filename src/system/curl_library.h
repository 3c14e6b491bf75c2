/// libcurl, loaded at first use: what nobody fetches with costs nobody its start-up.
#pragma once

#include <curl/curl.h>

#include "result.h"

namespace clockwright::system {

/// The entry points that are used here.
struct CurlLibrary {
    decltype(&::curl_global_init) global_init = nullptr;
    decltype(&::curl_easy_init) easy_init = nullptr;
    decltype(&::curl_easy_cleanup) easy_cleanup = nullptr;
    decltype(&::curl_easy_setopt) easy_setopt = nullptr;
    decltype(&::curl_easy_perform) easy_perform = nullptr;
    decltype(&::curl_easy_getinfo) easy_getinfo = nullptr;
    decltype(&::curl_easy_strerror) easy_strerror = nullptr;
    decltype(&::curl_slist_append) slist_append = nullptr;
    decltype(&::curl_slist_free_all) slist_free_all = nullptr;
};

/// Loaded and initialised once; stays loaded. Error: it is not installed, and how to get it.
Result<const CurlLibrary*> curl_library();

}  // namespace clockwright::system
