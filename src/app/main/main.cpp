#include <cstdio>
#include <cstdlib>

#include "app/verbs.h"

int main(int argc, char** argv) {
    const int code = clockwright::app::run(argc, argv);
#ifdef CLOCKWRIGHT_ENDS_AT_ONCE
    // What is told is out, and the system takes memory back faster than it could be tidied up.
    std::fflush(nullptr);
    std::_Exit(code);
#else
    return code;  // a sanitizer looks at what is left
#endif
}
