#include "system/code_memory.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "system/descriptor.h"

using namespace clockwright;

namespace {

long resident_file_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssFile:")) return std::stol(line.substr(8));
    return 0;
}

/// What the kernel tells of this program's code.
struct Code {
    int writable = 0;    ///< parts that may be changed
    long moved_kib = 0;  ///< in memory, of what lies together
};

Code code() {
    std::ifstream maps("/proc/self/smaps");
    Code told;
    bool moved = false;
    for (std::string line; std::getline(maps, line);) {
        if (const auto access = line.find(' ') + 1; line.find('-') < access) {
            if (line[access + 2] == 'x' && line[access + 1] == 'w') ++told.writable;
            moved = line[access + 2] == 'x' && line.contains("/memfd:code");
        }
        if (moved && line.starts_with("Rss:")) told.moved_kib += std::stol(line.substr(4));
    }
    return told;
}

/// Of all code and constants of the program.
std::size_t hash() {
    std::size_t all = 0;
    ::dl_iterate_phdr(
        [](dl_phdr_info* object, std::size_t, void* result) {
            auto& sum = *static_cast<std::size_t*>(result);
            for (const auto& part : std::span(object->dlpi_phdr, object->dlpi_phnum)) {
                if (part.p_type != PT_LOAD || (part.p_flags & PF_W) != 0) continue;
                // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader tells numbers
                const auto* begin = reinterpret_cast<const char*>(object->dlpi_addr + part.p_vaddr);
                sum = sum * 31 + std::hash<std::string_view>{}({begin, part.p_memsz});
            }
            return 1;
        },
        &all);
    return all;
}

/// Of a file in memory, for code: what the kernel may be too old for, or be told not to do.
bool kernel_makes_huge_pages() {
#ifndef __x86_64__
    return false;
#endif
    constexpr std::size_t page = 2U << 20U;
    const system::Descriptor file(::memfd_create("try", MFD_CLOEXEC));
    if (::write(file.get(), "x", 1) != 1 || ::ftruncate(file.get(), page) != 0) return false;
    void* room = ::mmap(nullptr, 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    std::size_t size = 2 * page;
    void* place = room;
    std::align(page, page, place, size);
    const bool can = ::mmap(place, page, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, file.get(),
                            0) == place &&
                     ::madvise(place, page, 25) == 0;  // MADV_COLLAPSE
    ::munmap(room, 2 * page);
    return can;
}

/// Moves the code after an octet of it was written as a debugger does; did that page move?
bool moves_a_page_that_was_written_to() {
    const auto begin = reinterpret_cast<std::uintptr_t>(&hash);
    const system::Descriptor memory(::open("/proc/self/mem", O_RDWR | O_CLOEXEC));
    char octet = 0;
    if (::pread(memory.get(), &octet, 1, static_cast<off_t>(begin)) != 1 ||
        ::pwrite(memory.get(), &octet, 1, static_cast<off_t>(begin)) != 1)
        return true;
    system::bring_code_together();
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        const std::uintptr_t from = std::stoull(line, nullptr, 16);
        const std::uintptr_t to = std::stoull(line.substr(line.find('-') + 1), nullptr, 16);
        if (from <= begin && begin < to) return line.contains("/memfd:code");
    }
    return true;
}

}  // namespace

TEST_CASE("a page of code that a debugger wrote to stays where it is") {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) ::_exit(moves_a_page_that_was_written_to() ? 1 : 0);
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
}

TEST_CASE("code that was let go of comes back when it is called") {
    const long before = resident_file_kib();
    system::let_go_of_the_start();
    CHECK(resident_file_kib() < before);
}

TEST_CASE("code that was brought together is the same, runs where it ran, and cannot be changed") {
    const std::size_t before = hash();
    const int writable = code().writable;
    REQUIRE(code().moved_kib == 0);
    const std::size_t moved = system::bring_code_together();
    CHECK(hash() == before);
    CHECK(code().writable == writable);
    CHECK((moved > 0) == kernel_makes_huge_pages());
    CHECK((code().moved_kib > 0) == (moved > 0));
    CHECK(moved <= 8U << 20U);
    system::let_go_of_the_start();
    CHECK(hash() == before);
}
