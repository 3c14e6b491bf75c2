#!/usr/bin/python3
"""Writes assembly (x86-64, System V) that stands for the functions which objects want of shared
libraries, so that the program can be linked without these and load them at the first call.

    late_library.py NAME PURPOSE PACKAGE ARCHIVE LIBRARY… > STUBS.S

Each function jumps through a table. At first all entries lead to clockwright_late_load()
(src/system/late_library.cpp), which loads the libraries, fills the table and makes it read-only.
clockwright_load_NAME() (src/late_library.h) does that before the first call. PURPOSE ("NTS and TLS
need") and PACKAGE (libssl3) are for the sentence when they are not there.
"""
import re
import subprocess
import sys

HEAD = """\
    .section .note.GNU-stack,"",@progbits
    .text
"""

# Whatever a function may get in registers is kept; on the stack are the number of the function and
# its caller's address.
FIRST_CALL = """\
    .type first_call, @function
first_call:
    .cfi_startproc
    .cfi_def_cfa_offset 16
    pushq %rax
    pushq %rdi
    pushq %rsi
    pushq %rdx
    pushq %rcx
    pushq %r8
    pushq %r9
    subq $136, %rsp
    .cfi_adjust_cfa_offset 192
{save}
    leaq libraries_wanted(%rip), %rdi
    call clockwright_late_load
{restore}
    addq $136, %rsp
    popq %r9
    popq %r8
    popq %rcx
    popq %rdx
    popq %rsi
    popq %rdi
    popq %rax
    .cfi_adjust_cfa_offset -192
    popq %r11
    .cfi_adjust_cfa_offset -8
    leaq targets(%rip), %r10
    jmpq *(%r10,%r11,8)
    .cfi_endproc
    .size first_call, .-first_call
"""

FUNCTION = """\
    .globl {name}
    .hidden {name}
    .type {name}, @function
{name}:
    endbr64
    jmpq *targets+{offset}(%rip)
    .size {name}, .-{name}
first_{name}:
    endbr64
    pushq ${number}
    jmp first_call
"""

# The first argument, where to say why not, stays where it is.
BEFORE_FIRST_CALL = """\
    .globl clockwright_load_{name}
    .type clockwright_load_{name}, @function
clockwright_load_{name}:
    endbr64
    leaq libraries_wanted(%rip), %rsi
    jmp clockwright_late_prepare
    .size clockwright_load_{name}, .-clockwright_load_{name}
"""

# As LateLibraries of src/system/late_library.cpp.
GROUP = """\
    .section .data.rel.ro.late_libraries,"aw",@progbits
    .balign 8
libraries_wanted:
    .quad names
    .quad libraries
    .quad targets
    .quad purpose
    .quad package
"""


def symbols(option, path):
    """The type of each by its name."""
    listed = subprocess.run(["nm", "-P", *option, path], check=True, capture_output=True, text=True)
    rows = (line.split() for line in listed.stdout.splitlines() if " " in line)
    return {row[0].split("@")[0]: row[1] for row in rows}


def soname(library):
    told = subprocess.run(["objdump", "-p", library], check=True, capture_output=True, text=True)
    return re.search(r"^\s*SONAME\s+(\S+)", told.stdout, re.M).group(1)


def stubs(name_of_all, names, libraries, purpose, package):
    moves = [(f"movups %xmm{i}, {16 * i}(%rsp)", f"movups {16 * i}(%rsp), %xmm{i}")
             for i in range(8)]
    yield HEAD
    yield BEFORE_FIRST_CALL.format(name=name_of_all)
    yield FIRST_CALL.format(save="\n".join(f"    {save}" for save, _ in moves),
                            restore="\n".join(f"    {back}" for _, back in moves))
    for number, name in enumerate(names):
        yield FUNCTION.format(name=name, number=number, offset=8 * number)
    # Pages of their own, which are made read-only.
    yield '    .section .late_targets,"aw",@progbits\n    .balign 4096\ntargets:\n'
    for name in names:
        yield f"    .quad first_{name}\n"
    yield "    .balign 4096\n"
    yield GROUP
    yield '    .section .rodata.late_names,"a",@progbits\n'
    for label, texts in (("names", names), ("libraries", libraries), ("purpose", [purpose]),
                         ("package", [package])):
        yield f"{label}:\n"
        for text in texts:
            yield f'    .asciz "{text}"\n'
        yield '    .asciz ""\n'


def main(name, purpose, package, archive, *libraries):
    offered = {}
    for library in libraries:
        offered |= symbols(["-D", "--defined-only"], library)
    names = sorted(symbols(["--undefined-only"], archive).keys() & offered.keys())
    assert names, "nothing is wanted of these libraries"
    no_functions = [wanted for wanted in names if offered[wanted] not in "TWi"]
    assert not no_functions, f"only functions can be loaded late, not {no_functions}"
    sys.stdout.writelines(stubs(name, names, [soname(library) for library in libraries],
                                purpose, package))


if __name__ == "__main__":
    main(*sys.argv[1:])
