/// Where the code and the constants of a program that lives long are kept.
#pragma once

#include <cstddef>

namespace clockwright::system {

/// What was read of them so far is no longer held, and comes back from its file when it is needed:
/// a start touches much that is never needed again.
void let_go_of_the_start();

/// What is in memory of them now lies together in huge pages from now on, which is at most 8 MiB
/// and is told in octets; what comes later, comes from its file. The pages of a file lie anywhere:
/// who wakes every few seconds for a moment then spends most of it on finding them anew, the more
/// so in a virtual machine, whose host must find them as well. Nothing becomes writable, and
/// addresses stay. A profiler sees `memfd:code`. 0: nothing changed; Linux before 6.1, no huge
/// pages, no x86-64.
std::size_t bring_code_together();

}  // namespace clockwright::system
