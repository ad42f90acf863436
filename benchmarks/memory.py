"""Training a GPT of ours takes less memory than one of transformers.

    python benchmarks/memory.py

MiB that a model, its optimizer and two steps add to the peak of a fresh process, which has made a
step of a tiny model before.  Sizes and steps as in training.py.
"""

import resource  # not on Windows
import subprocess
import sys

NAMES = "torchbook", "transformers", "x-transformers"


def peak() -> float:
    """MiB.  A new process inherits the peak of its parent, which must be small: no torch here."""
    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, KiB elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def measure(name: str, size: str) -> None:
    from peers import MODELS, SIZES, sizes, training_step

    tiny = sizes(1, 8, 1, 8)
    training_step(MODELS[name](tiny), tiny, B=1)()  # imports what it needs
    before = peak()
    step = training_step(MODELS[name](SIZES[size][0]), *SIZES[size])
    step()
    step()
    print(peak() - before)


def added(name: str, size: str) -> float:
    command = [sys.executable, __file__, name, size]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    measured = {size: {n: added(n, size) for n in NAMES} for size in ("4 x 128", "6 x 384")}
    from peers import row

    for size, (ours, *theirs) in ((size, by_name.values()) for size, by_name in measured.items()):
        row(f"training {size}: MiB added", ours)
        row("  of what transformers adds", ours / theirs[0], 0.65, at_most=True)
        row("  of what x-transformers adds", ours / theirs[1])


if __name__ == "__main__":
    measure(*sys.argv[1:]) if sys.argv[1:] else main()
