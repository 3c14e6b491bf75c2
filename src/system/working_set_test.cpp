#include "system/working_set.h"

#include <doctest/doctest.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "system/huge_page.h"

using namespace clockwright;

namespace {

/// KiB of the heap.
struct HugePages {
    long may_be = 0, are = 0;
};

HugePages huge_pages_of_heap() {
    constexpr std::string_view are = "AnonHugePages:";
    std::ifstream maps("/proc/self/smaps");
    bool in_heap = false;
    long size = 0;
    HugePages huge;
    for (std::string line; std::getline(maps, line);) {
        if (line.starts_with("Size:")) size = std::stol(line.substr(5));
        if (line.starts_with(are) && in_heap) huge.are += std::stol(line.substr(are.size()));
        if (line.starts_with("VmFlags:") && in_heap && line.contains(" hg")) huge.may_be += size;
        if (line.find('-') < line.find(' ')) in_heap = line.ends_with("[heap]");
    }
    return huge;
}

bool kernel_lays_in_huge_pages() {
    constexpr std::size_t size = 2 * system::huge_page;
    void* room = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(room != MAP_FAILED);
    const auto begin = system::up_to(system::huge_page, reinterpret_cast<std::uintptr_t>(room));
    std::memset(system::pointer_to(begin), 1, 1);
    const bool lies = system::lay_in_huge_pages(begin, system::huge_page);
    ::munmap(room, size);
    return lies;
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
    REQUIRE(huge_pages_of_heap().may_be == 0);
    system::allocate_close_together();
    if (::mallinfo2().arena == 0) return;  // a sanitizer's allocator is in the C library's place
    if (!std::filesystem::exists("/sys/kernel/mm/transparent_hugepage")) return;
    CHECK(huge_pages_of_heap().may_be == 2048);
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

TEST_CASE("what is fetched lies in huge pages, and so does what was allocated before it") {
    system::keep_freed_memory();
    if (::mallinfo2().arena == 0) return;  // a sanitizer's allocator is in the C library's place
    if (!kernel_lays_in_huge_pages()) return;
    const std::vector<std::string> before(64, std::string(64 << 10, 'x'));
    system::fetch_memory(4 << 20);
    CHECK(huge_pages_of_heap().are >= 6 << 10);
    CHECK(std::ranges::all_of(before, [](const std::string& text) {
        return text.size() == 64 << 10 && text.find_first_not_of('x') == std::string::npos;
    }));
}
