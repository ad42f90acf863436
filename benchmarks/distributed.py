"""Two processes train a GPT faster than one on two cores; with FSDP each holds half of it.

    python benchmarks/distributed.py [REPEATS]

Steps as in training.py, one thread a process, the same batch of 32 x 128 tokens: one process takes
it whole, or two take half each, and torchbook.distributed exchanges their gradients by gloo.  They
take turns; while one process works alone, the other sleeps.  Then the MiB that the 6 x 384 model,
its optimizer and two steps add to the peak of each process, as in memory.py.
"""

import sys
from collections.abc import Callable
from statistics import median

import torch
import torch.distributed as dist
from memory import peak
from peers import SIZES, in_turn, ours, row, times_as_fast, training_step
from torch.distributed.run import main as torchrun

from torchbook.distributed import processes, rank, spread

ONE, DDP, FSDP = "one process", "two processes, DDP", "two processes, FSDP"
SHARDED = {DDP: False, FSDP: True}
STEPS = 3


def together(step: Callable[[], None] | None) -> Callable[[], None]:
    """The steps, from when all processes are ready until all have made theirs."""

    def run() -> None:
        dist.barrier()
        for _ in range(STEPS if step else 0):
            step()
        dist.barrier()

    return run


def speed(repeats: int) -> None:
    config, B = SIZES["4 x 128"]
    alone = training_step(ours(config), config, B) if rank() == 0 else None
    runs = {ONE: together(alone)}
    for name, sharded in SHARDED.items():
        runs[name] = together(training_step(spread(ours(config), sharded), config, B // 2))
    seconds = in_turn(runs, repeats)
    if rank() > 0:
        return
    for name in runs:
        tokens = STEPS * B * config.context_length
        row(f"training 4 x 128, {name}: tokens/s", tokens / median(seconds[name]))
    for name in SHARDED:
        row(f"  {name}: times as fast as one", times_as_fast(seconds, ONE, than=name))


def memory(name: str) -> None:
    tiny, _ = SIZES["4 x 128"]
    training_step(spread(ours(tiny), SHARDED[name]), tiny, 1)()  # imports what it needs
    before = peak()
    config, B = SIZES["6 x 384"]
    step = training_step(spread(ours(config), SHARDED[name]), config, B // 2)
    step()
    step()
    if rank() == 0:
        row(f"training 6 x 384, {name}: MiB added in each", peak() - before)


def main(repeats: int = 9) -> None:
    two = "--standalone", "--nproc-per-node=2"
    for task in ("speed", str(repeats)), ("memory", DDP), ("memory", FSDP):
        torchrun([*two, __file__, *task])


if __name__ == "__main__":
    if sys.argv[1:2] in (["speed"], ["memory"]):
        with processes(torch.device("cpu")):
            speed(int(sys.argv[2])) if sys.argv[1] == "speed" else memory(sys.argv[2])
    else:
        main(*map(int, sys.argv[1:]))
