#include "system/huge_page.h"

#include <sys/mman.h>

namespace clockwright::system {

void* pointer_to(std::uintptr_t address) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): what it is for
    return reinterpret_cast<void*>(address);
}

bool lay_in_huge_pages(std::uintptr_t begin, std::uintptr_t size) {
    constexpr int collapse = 25;  // MADV_COLLAPSE, Linux 6.1
    return ::madvise(pointer_to(begin), size, collapse) == 0;
}

}  // namespace clockwright::system
