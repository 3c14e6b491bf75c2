#!/bin/bash
# What the whole program costs, and how well it measures, beside its peers: bench/run.sh PROGRAM CHRONYD
set -uo pipefail
here=$(dirname "$0")
missed=0
for goals in whole_program measurement_error agent; do
    python3 -B "$here/$goals.py" "$@" || missed=1
done
exit "$missed"
