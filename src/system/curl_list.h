/// A list of texts as libcurl takes them.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "system/curl_library.h"

namespace clockwright::system {

class CurlList {
  public:
    explicit CurlList(const CurlLibrary& curl) : curl_(curl), list_(nullptr, curl.slist_free_all) {}

    void add(const std::string& text) {
        curl_slist* more = curl_.slist_append(list_.get(), text.c_str());
        if (more == nullptr) return;
        std::ignore = list_.release();
        list_.reset(more);
    }
    curl_slist* get() const { return list_.get(); }

  private:
    const CurlLibrary& curl_;
    std::unique_ptr<curl_slist, decltype(CurlLibrary::slist_free_all)> list_;
};

}  // namespace clockwright::system
