#!/bin/bash
# What the whole program costs beside its peers: bench/run.sh PROGRAM CHRONYD
set -euo pipefail
exec python3 -B "$(dirname "$0")/whole_program.py" "$@"
