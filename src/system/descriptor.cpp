#include "system/descriptor.h"

#include <sys/resource.h>

#include <system_error>

namespace clockwright::system {

std::string errno_text(int number) {
    std::string text = std::generic_category().message(number);
    const auto is_capital = [](char letter) { return letter >= 'A' && letter <= 'Z'; };
    if (text.size() > 1 && is_capital(text[0]) && !is_capital(text[1])) {
        text[0] = static_cast<char>(text[0] - 'A' + 'a');
    }
    return text;
}

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return 0;
    }
    rlimit raised = limit;
    raised.rlim_cur = limit.rlim_max;
    if (limit.rlim_cur < limit.rlim_max && ::setrlimit(RLIMIT_NOFILE, &raised) == 0) {
        return raised.rlim_cur;
    }
    return limit.rlim_cur;
}

}  // namespace clockwright::system
