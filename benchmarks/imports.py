"""Importing torchbook costs little more than importing torch.

    python benchmarks/imports.py [REPEATS]

Seconds for all modules of the package together, after torch, each time in a fresh process.  Not
counted are those that live by another library, whose import is most of theirs: `graph` by
matplotlib, which takes a second, `gguf_llama` and `smollm2` by gguf, which takes a sixth of one.
"""

import subprocess
import sys
from statistics import median

from peers import row

CHILD = """
import pkgutil, time, torch, torch.nn
start = time.perf_counter()
import torchbook
for module in pkgutil.iter_modules(torchbook.__path__, "torchbook."):
    if module.name.split(".")[1] not in ("graph", "gguf_llama", "smollm2"):
        __import__(module.name)
print(time.perf_counter() - start)
"""


def seconds() -> float:
    command = [sys.executable, "-c", CHILD]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(repeats: int = 5) -> None:
    seconds()  # reads the files from the disk
    took = median(seconds() for _ in range(repeats))
    row("import of torchbook: seconds beyond torch", took, 0.15, at_most=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
