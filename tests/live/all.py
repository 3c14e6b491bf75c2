#!/usr/bin/python3
"""All live tests, one file after the other; 77 when none could run."""
import subprocess
import sys
from pathlib import Path

codes = {}
for script in sorted(Path(__file__).parent.glob("test_*.py")):
    print(f"\n== {script.name}", flush=True)
    codes[script.name] = subprocess.run([sys.executable, "-B", script], check=False).returncode
failed = [name for name, code in codes.items() if code not in (0, 77)]
print("failed: " + " ".join(failed) if failed else "no failure", flush=True)
sys.exit(1 if failed else 77 if set(codes.values()) == {77} else 0)
