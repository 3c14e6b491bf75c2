/// The exit codes of the contract (product.md, *Exit codes*).
#pragma once

#include "result.h"

namespace clockwright::app {

enum ExitCode : int {
    exit_done = 0,
    exit_failed = 1,
    exit_change_due = 2,
    exit_no_set = 3,
    exit_not_proved = 4,
    exit_refused = 5,
    exit_usage = 64,
    exit_not_permitted = 77,
    exit_bad_input = 78,
    exit_interrupted = 130,
};

inline int exit_code_of(Fault fault) {
    switch (fault) {
        case Fault::failed:
            return exit_failed;
        case Fault::usage:
            return exit_usage;
        case Fault::not_permitted:
            return exit_not_permitted;
        case Fault::bad_input:
            return exit_bad_input;
        case Fault::refused:
            return exit_refused;
        case Fault::unreachable:
            return exit_failed;
        case Fault::interrupted:
            return exit_interrupted;
    }
    return exit_failed;
}

}  // namespace clockwright::app
