/// Memory in pages of 2 MiB. Each page that a program touches after it slept must be looked up
/// anew, and a virtual machine's by its host as well: one such page is one look-up, not 512.
#pragma once

#include <cstdint>

namespace clockwright::system {

inline constexpr std::uintptr_t huge_page = std::uintptr_t{2} << 20U;

/// The next address that is a multiple of `page`, a power of two; `address` itself when it is one.
constexpr std::uintptr_t up_to(std::uintptr_t page, std::uintptr_t address) {
    return (address + page - 1) & ~(page - 1);
}

/// The loader tells addresses as numbers, and so does arithmetic.
void* pointer_to(std::uintptr_t address);

/// Lays what is there into huge pages, now; `begin` and `size` are multiples of one, and something
/// of each is in memory. False: nothing is lost, but the kernel cannot (Linux before 6.1), or has
/// none left.
bool lay_in_huge_pages(std::uintptr_t begin, std::uintptr_t size);

}  // namespace clockwright::system
