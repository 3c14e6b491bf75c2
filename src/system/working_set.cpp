#include "system/working_set.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <memory>

namespace clockwright::system {

#ifdef __GLIBC__

namespace {

constexpr std::uintptr_t page = std::uintptr_t{2} << 20U;
constexpr int block = 1 << 20;    ///< more than is free at the end of the heap so far
constexpr int usual = 128 << 10;  ///< what the C library begins with, for both thresholds
constexpr int largest_threshold = 32 << 20;  ///< that the C library takes

std::uintptr_t end_of_heap() {
    return reinterpret_cast<std::uintptr_t>(::sbrk(0));
}

}  // namespace

void allocate_close_together() {
    ::mallopt(M_ARENA_MAX, 1);
    const std::uintptr_t end = end_of_heap();
    const std::uintptr_t begin = (end + page - 1) & ~(page - 1);
    ::sbrk(static_cast<std::intptr_t>(begin - end));
    if (end_of_heap() != begin) return;
    // What does not fit at the end makes the heap grow, by a page beyond it.
    ::mallopt(M_TOP_PAD, page);
    ::mallopt(M_MMAP_THRESHOLD, 2 * block);
    ::mallopt(M_TRIM_THRESHOLD, 2 * page);
    void* volatile grown = std::malloc(block);
    std::free(grown);
    ::mallopt(M_MMAP_THRESHOLD, usual);
    ::mallopt(M_TOP_PAD, usual);
    if (end_of_heap() < begin + page) return;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): arithmetic tells numbers
    auto* place = reinterpret_cast<void*>(begin);
    if (::madvise(place, page, MADV_HUGEPAGE) != 0) return;
#ifdef MADV_COLLAPSE
    ::madvise(place, page, MADV_COLLAPSE);  // else the kernel does so by and by
#endif
}

void keep_freed_memory() {
    ::mallopt(M_MMAP_THRESHOLD, largest_threshold);
    ::mallopt(M_TRIM_THRESHOLD, 8 * largest_threshold);
    ::mallopt(M_TOP_PAD, block);
}

void fetch_memory(std::size_t octets) {
    void* volatile room = std::malloc(octets);
    if (room == nullptr) return;
#ifdef MADV_POPULATE_WRITE
    const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    void* first_page = room;
    std::size_t left = octets;
    if (std::align(size, size, first_page, left) != nullptr)
        ::madvise(first_page, left - left % size, MADV_POPULATE_WRITE);
#endif
    std::free(room);
}

#else

void allocate_close_together() {}
void keep_freed_memory() {}
void fetch_memory(std::size_t) {}

#endif

}  // namespace clockwright::system
