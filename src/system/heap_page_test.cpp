#include "system/heap_page.h"

#include <doctest/doctest.h>
#include <malloc.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

using namespace clockwright;

namespace {

long resident_file_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssFile:")) return std::stol(line.substr(8));
    return 0;
}

}  // namespace

TEST_CASE("what is allocated after it lies together") {
    system::allocate_close_together();
    if (::mallinfo2().arena == 0) return;  // a sanitizer's allocator is in the C library's place
    // Larger than the holes that others left, but the first few.
    std::vector<std::unique_ptr<char[]>> blocks;
    for (int i = 0; i < 12; ++i) blocks.push_back(std::make_unique<char[]>(100'000));
    const auto page_of = [](const auto& block) {
        return reinterpret_cast<std::uintptr_t>(block.get()) >> 21U;
    };
    CHECK(std::ranges::count(blocks, page_of(blocks.back()), page_of) >= 6);
}

TEST_CASE("code that was let go of comes back when it is called") {
    const long before = resident_file_kib();
    system::let_go_of_the_start();
    CHECK(resident_file_kib() < before);
}
