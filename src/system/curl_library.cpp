#define CURL_DISABLE_TYPECHECK 1
#include "system/curl_library.h"

#include "system/shared_library.h"

namespace clockwright::system {
namespace {

Result<CurlLibrary> load() {
    void* library = load_library("libcurl.so.4");
    if (library == nullptr) {
        return fail(
            "libcurl.so.4 cannot be loaded, and HTTPS needs it: install the package libcurl4");
    }
    CurlLibrary curl;
    const bool whole = find_function(library, "curl_global_init", curl.global_init) &&
                       find_function(library, "curl_easy_init", curl.easy_init) &&
                       find_function(library, "curl_easy_cleanup", curl.easy_cleanup) &&
                       find_function(library, "curl_easy_setopt", curl.easy_setopt) &&
                       find_function(library, "curl_easy_perform", curl.easy_perform) &&
                       find_function(library, "curl_easy_getinfo", curl.easy_getinfo) &&
                       find_function(library, "curl_easy_strerror", curl.easy_strerror) &&
                       find_function(library, "curl_slist_append", curl.slist_append) &&
                       find_function(library, "curl_slist_free_all", curl.slist_free_all);
    if (!whole || curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return fail("libcurl.so.4 is not as it should be: reinstall the package libcurl4");
    }
    return curl;
}

}  // namespace

Result<const CurlLibrary*> curl_library() {
    static const Result<CurlLibrary> loaded = load();
    if (!loaded) return std::unexpected(loaded.error());
    return &*loaded;
}

}  // namespace clockwright::system
