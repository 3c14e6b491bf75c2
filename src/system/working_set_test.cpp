#include "system/working_set.h"

#include <doctest/doctest.h>
#include <malloc.h>
#include <sys/resource.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

using namespace clockwright;

namespace {

/// KiB of the heap that may lie in huge pages.
long huge_pages_of_heap() {
    std::ifstream maps("/proc/self/smaps");
    bool in_heap = false;
    long size = 0, huge = 0;
    for (std::string line; std::getline(maps, line);) {
        if (line.starts_with("Size:")) size = std::stol(line.substr(5));
        if (line.starts_with("VmFlags:") && in_heap && line.contains(" hg")) huge += size;
        if (line.find('-') < line.find(' ')) in_heap = line.ends_with("[heap]");
    }
    return huge;
}

/// Pages that were fetched while a block of that size was allocated and written.
long fetched_for(std::size_t octets) {
    struct rusage before{}, after{};
    ::getrusage(RUSAGE_SELF, &before);
    auto* const block = static_cast<char*>(std::malloc(octets));
    REQUIRE(block != nullptr);
    std::memset(block, 1, octets);
    CHECK(block[octets / 2] == 1);
    std::free(block);
    ::getrusage(RUSAGE_SELF, &after);
    return after.ru_minflt - before.ru_minflt;
}

}  // namespace

TEST_CASE("a huge page of the heap is there for what is allocated after it") {
    REQUIRE(huge_pages_of_heap() == 0);
    system::allocate_close_together();
    if (::mallinfo2().arena == 0) return;  // a sanitizer's allocator is in the C library's place
    if (!std::filesystem::exists("/sys/kernel/mm/transparent_hugepage")) return;
    CHECK(huge_pages_of_heap() == 2048);
}

TEST_CASE(
    "what is freed is used again, and what was fetched before is not fetched when it is used") {
    constexpr std::size_t block = 4 << 20;
    system::keep_freed_memory();
    if (::mallinfo2().arena == 0) return;  // a sanitizer's allocator is in the C library's place
    fetched_for(block);
    CHECK(fetched_for(block) < 16);
    system::fetch_memory(2 * block);
    CHECK(fetched_for(2 * block) < 16);
}
