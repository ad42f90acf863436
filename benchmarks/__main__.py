"""`make bench`: every claim of speed, one file each, one after another, one thread each."""

import os
import subprocess
import sys
from pathlib import Path

FILES = ["imports", "training", "loop", "distributed", "memory"]
FILES += ["generation", "tokenizer", "smollm2"]

for name in FILES:
    path = Path(__file__).with_name(f"{name}.py")
    print(f"\n{path.name}", flush=True)
    subprocess.run([sys.executable, path], env=os.environ | {"OMP_NUM_THREADS": "1"}, check=True)
