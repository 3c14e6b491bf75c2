// toml++ as one object, by its own switch: Debian has it as a shared library alone, which the
// program would have to find on every host it is copied to.

// It asserts, and with NDEBUG lets clang assume, what a malformed file need not keep to; without
// either it says what is wrong with the file.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)

#define TOML_IMPLEMENTATION
#include <toml++/toml.h>
