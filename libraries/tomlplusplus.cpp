// toml++ as one object, by its own switch: Debian has it as a shared library alone, which the
// program would have to find on every host it is copied to.
#define TOML_IMPLEMENTATION
#include <toml++/toml.h>
