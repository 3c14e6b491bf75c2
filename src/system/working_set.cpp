#include "system/working_set.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "system/huge_page.h"

namespace clockwright::system {

#ifdef __GLIBC__

namespace {

constexpr int block = 1 << 20;    ///< more than is free at the end of the heap so far
constexpr int usual = 128 << 10;  ///< what the C library begins with, for both thresholds
constexpr int largest_threshold = 32 << 20;  ///< that the C library takes

std::uintptr_t end_of_heap() {
    return reinterpret_cast<std::uintptr_t>(::sbrk(0));
}

/// Where a huge page may begin, from which the heap goes on; 0: it cannot.
std::uintptr_t begin_huge_page() {
    const std::uintptr_t end = end_of_heap();
    const std::uintptr_t begin = up_to(huge_page, end);
    ::sbrk(static_cast<std::intptr_t>(begin - end));
    return end_of_heap() == begin ? begin : 0;
}

}  // namespace

void allocate_close_together() {
    ::mallopt(M_ARENA_MAX, 1);
    const std::uintptr_t begin = begin_huge_page();
    if (begin == 0) return;
    // What does not fit at the end makes the heap grow, by a page beyond it.
    ::mallopt(M_TOP_PAD, huge_page);
    ::mallopt(M_MMAP_THRESHOLD, 2 * block);
    ::mallopt(M_TRIM_THRESHOLD, 2 * huge_page);
    void* volatile grown = std::malloc(block);
    std::free(grown);
    ::mallopt(M_MMAP_THRESHOLD, usual);
    ::mallopt(M_TOP_PAD, usual);
    if (end_of_heap() < begin + huge_page) return;
    if (::madvise(pointer_to(begin), huge_page, MADV_HUGEPAGE) != 0) return;
    lay_in_huge_pages(begin, huge_page);  // else the kernel does so by and by
}

void keep_freed_memory() {
    ::mallopt(M_ARENA_MAX, 1);
    ::mallopt(M_MMAP_THRESHOLD, largest_threshold);
    ::mallopt(M_TRIM_THRESHOLD, 8 * largest_threshold);
    ::mallopt(M_TOP_PAD, block);
}

void fetch_memory(std::size_t octets) {
    void* volatile room = std::malloc(octets);
    if (room == nullptr) return;
    const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    void* first_page = room;
    std::size_t left = octets;
    if (std::align(size, size, first_page, left) != nullptr) {
        ::madvise(first_page, left - left % size, MADV_NOHUGEPAGE);
        ::madvise(first_page, left - left % size, MADV_POPULATE_WRITE);
    }
    std::free(room);
}

#else

void allocate_close_together() {}
void keep_freed_memory() {}
void fetch_memory(std::size_t) {}

#endif

}  // namespace clockwright::system
