/// How much memory a program that lives long touches when it wakes, and how much it holds.
#pragma once

namespace clockwright::system {

/// What is allocated from now on lies together in one huge page, as far as it finds room there, and
/// all threads share it. Whoever wakes every few seconds for a moment then meets one page of memory
/// and not two hundred, each of which the machine must look up anew, and a virtual one its host as
/// well. Costs at most 2 MiB. Without huge pages, or another C library than glibc: nothing changes.
void allocate_close_together();

/// Code and constants that were read so far are no longer held, and come back from their files when
/// they are needed: a start touches much that is never needed again.
void let_go_of_the_start();

}  // namespace clockwright::system
