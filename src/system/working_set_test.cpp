#include "system/working_set.h"

#include <doctest/doctest.h>
#include <malloc.h>

#include <filesystem>
#include <fstream>
#include <string>

using namespace clockwright;

namespace {

/// KiB of the heap that may be huge pages.
long huge_heap_kib() {
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

}  // namespace

TEST_CASE("a huge page of the heap is there for what is allocated after it") {
    REQUIRE(huge_heap_kib() == 0);
    system::allocate_close_together();
    if (::mallinfo2().arena == 0) return;  // a sanitizer's allocator is in the C library's place
    if (!std::filesystem::exists("/sys/kernel/mm/transparent_hugepage")) return;
    CHECK(huge_heap_kib() == 2048);
}
