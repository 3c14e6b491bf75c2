#include "system/code_memory.h"

#include <fcntl.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "system/descriptor.h"
#include "system/huge_page.h"

namespace clockwright::system {
namespace {

const auto small_page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
constexpr std::uintptr_t most = 4 * huge_page;

#ifdef __x86_64__
constexpr bool is_tried = true;
#else
constexpr bool is_tried = false;  // pages may be larger, code may be marked (BTI of aarch64)
#endif

/// Whole pages that are as their file has them.
struct Part {
    std::uintptr_t begin, size;
    int access;
};

int add_parts_of(dl_phdr_info* object, std::size_t, void* result) {
    if (object->dlpi_addr == ::getauxval(AT_SYSINFO_EHDR)) return 0;  // the kernel's own
    for (const auto& part : std::span(object->dlpi_phdr, object->dlpi_phnum)) {
        if (part.p_type != PT_LOAD || (part.p_flags & PF_W) != 0) continue;
        const std::uintptr_t begin = object->dlpi_addr + part.p_vaddr;
        const std::uintptr_t first = begin & ~(small_page - 1);
        static_cast<std::vector<Part>*>(result)->push_back(
            {first, up_to(small_page, begin + part.p_memsz) - first,
             PROT_READ | ((part.p_flags & PF_X) != 0 ? PROT_EXEC : 0)});
    }
    return 0;
}

std::vector<Part> parts() {
    std::vector<Part> all;
    ::dl_iterate_phdr(add_parts_of, &all);
    return all;
}

/// What of a part is in memory as its file has it, by proc_pid_pagemap(5): where a debugger or the
/// kernel's probes have put a trap, the page is no file's any more.
void add_present(const Part& part, const Descriptor& pagemap, std::vector<Part>& result) {
    constexpr std::uint64_t present = std::uint64_t{1} << 63U, of_file = std::uint64_t{1} << 61U;
    std::vector<std::uint64_t> pages(part.size / small_page);
    const auto read = ::pread(pagemap.get(), pages.data(), pages.size() * sizeof pages[0],
                              static_cast<off_t>(part.begin / small_page * sizeof pages[0]));
    pages.resize(static_cast<std::size_t>(std::max<ssize_t>(read, 0)) / sizeof pages[0]);
    bool goes_on = false;
    for (std::size_t i = 0; i < pages.size(); ++i) {
        const bool is_there = (pages[i] & present) != 0 && (pages[i] & of_file) != 0;
        if (is_there && !goes_on) result.push_back({part.begin + i * small_page, 0, part.access});
        if (is_there) result.back().size += small_page;
        goes_on = is_there;
    }
}

std::vector<Part> present_parts() {
    std::vector<Part> all;
    const Descriptor pagemap(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
    for (const Part& part : parts()) add_present(part, pagemap, all);
    return all;
}

/// Takes off the list what does not fit any more; the size of the rest.
std::uintptr_t keep_what_fits(std::vector<Part>& parts) {
    std::uintptr_t size = 0;
    std::erase_if(parts, [&size](const Part& part) {
        if (size + part.size > most) return true;
        size += part.size;
        return false;
    });
    return size;
}

/// A file in memory that holds them one after the other, which nobody can change and which is no
/// program to start.
Descriptor sealed_copy_of(const std::vector<Part>& parts, std::uintptr_t size) {
    constexpr unsigned no_program = 8;  // MFD_NOEXEC_SEAL, Linux 6.3
    constexpr unsigned usual = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    Descriptor file(::memfd_create("code", usual | no_program));
    if (!file) file = Descriptor(::memfd_create("code", usual));
    for (const Part& part : parts)
        // By the kernel's name: a sanitizer would look at each octet that is written.
        if (::syscall(SYS_write, file.get(), pointer_to(part.begin), part.size) !=
            static_cast<long>(part.size))
            return {};
    constexpr int as_it_is = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (::ftruncate(file.get(), static_cast<off_t>(up_to(huge_page, size))) != 0 ||
        ::fcntl(file.get(), F_ADD_SEALS, as_it_is) != 0)
        return {};
    return file;
}

/// False: the kernel cannot, or has no huge pages left.
bool lies_in_huge_pages(const Descriptor& file, std::uintptr_t size) {
    const std::uintptr_t whole = up_to(huge_page, size);
    void* room = ::mmap(nullptr, whole + huge_page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) return false;
    const std::uintptr_t place = up_to(huge_page, reinterpret_cast<std::uintptr_t>(room));
    const bool lies = ::mmap(pointer_to(place), whole, PROT_READ, MAP_PRIVATE | MAP_FIXED,
                             file.get(), 0) == pointer_to(place) &&
                      lay_in_huge_pages(place, whole);
    ::munmap(room, whole + huge_page);
    return lies;
}

/// What can fail does so elsewhere; then the copy takes the place of the part in one step. Nobody
/// takes a library out of the program meanwhile: what it loads late stays.
bool replace(const Part& part, const Descriptor& file, std::uintptr_t at) {
    void* copy =
        ::mmap(nullptr, part.size, part.access, MAP_PRIVATE, file.get(), static_cast<off_t>(at));
    if (copy == MAP_FAILED) return false;
    if (::mremap(copy, part.size, part.size, MREMAP_MAYMOVE | MREMAP_FIXED,
                 pointer_to(part.begin)) != MAP_FAILED)
        return true;
    ::munmap(copy, part.size);
    return false;
}

}  // namespace

void let_go_of_the_start() {
    for (const Part& part : parts()) ::madvise(pointer_to(part.begin), part.size, MADV_DONTNEED);
}

std::size_t bring_code_together() {
    std::vector<Part> wanted = present_parts();
    const std::uintptr_t size = keep_what_fits(wanted);
    if (!is_tried || size == 0) return 0;
    const Descriptor file = sealed_copy_of(wanted, size);
    if (!file || !lies_in_huge_pages(file, size)) return 0;
    std::uintptr_t at = 0;
    for (const Part& part : wanted) {
        if (!replace(part, file, at)) break;
        at += part.size;
    }
    return at;
}

}  // namespace clockwright::system
