/// Memory by how long a program lives: what one that wakes now and then touches, what one that ends
/// soon fetches. With another C library than glibc nothing changes.
#pragma once

#include <cstddef>

namespace clockwright::system {

/// What is allocated from now on lies together in one huge page, as far as it finds room there, and
/// all threads share it. Whoever wakes every few seconds for a moment then meets one page of memory
/// and not two hundred, each of which the machine must look up anew, and a virtual one its host as
/// well. Costs at most 2 MiB. Without huge pages: nothing changes.
void allocate_close_together();

/// For a program that ends soon: what is freed is allocated again, by any thread, and not given
/// back to the system only to be fetched from it anew, page by page.
void keep_freed_memory();

/// After `keep_freed_memory`: fetches room for `octets` of what is allocated next, now, while there
/// is nothing else to do. In small pages: what lies free as a huge one a virtual machine's host may
/// have taken back, and gives it again in milliseconds, which a short program has no use for.
void fetch_memory(std::size_t octets);

}  // namespace clockwright::system
