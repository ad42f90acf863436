"""The loop that saves, logs and watches costs next to nothing beside the steps themselves.

    python benchmarks/loop.py [REPEATS]

The GPT of 4 layers and 128 numbers, 32 x 128 tokens a step, fused AdamW.  A bare forward, backward
and step, on a batch that is there already, is taken between each two steps of the loop, which
loads a batch, clips, logs.  A checkpoint holds the model, what AdamW remembers, the best weights.
MiB are what a run adds to the peak of a fresh process.
"""

import resource  # not on Windows
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

STEPS = 4  # in each measurement of memory


def peak() -> float:
    """MiB.  A new process inherits the peak of its parent, which must be small: no torch here."""
    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, KiB elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def loop(steps: int, folder: str | None = None, between: Callable[[], None] = lambda: None) -> None:
    """Train for some steps; `between` is called before each."""
    import torch
    import torch.nn.functional as F
    from peers import SIZES, ours

    from torchbook.train import train
    from torchbook.train_config import TrainConfig

    config, B = SIZES["4 x 128"]
    model = ours(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
    text = torch.randint(config.vocab_size, (16 * B, config.context_length + 1))
    data = torch.utils.data.TensorDataset(text[:, :-1], text[:, 1:])

    def loss_of(model, batch):
        between()
        ids, targets = batch
        loss = F.cross_entropy(model(ids).flatten(0, 1), targets.flatten(), reduction="sum")
        return loss, (targets != -100).sum()

    settings = TrainConfig(steps, B, save_every=max(1, steps // 2))
    train(model, optimizer, loss_of, data, None, settings, folder)


def speed(repeats: int) -> None:
    from peers import SIZES, ours, row, training_step

    config, B = SIZES["4 x 128"]
    bare = training_step(ours(config), config, B)
    seconds: dict[str, list[float]] = {"loop": [], "bare": []}
    last = time.perf_counter()

    def between() -> None:
        nonlocal last
        start = time.perf_counter()
        bare()
        end = time.perf_counter()
        seconds["loop"].append(start - last)
        seconds["bare"].append(end - start)
        last = end

    loop(repeats + 2, between=between)
    pairs = [*zip(seconds["bare"][1:], seconds["loop"][2:], strict=False)]  # the first warm up
    tokens = B * config.context_length
    row("the loop, 4 x 128: tokens/s", tokens / median(b for _, b in pairs))
    row("  of the speed of bare steps", median(a / b for a, b in pairs), 0.97)


def checkpoint(repeats: int) -> None:
    """Write the same state again and again, as the loop does."""
    import torch
    from peers import SIZES, ours, row, training_step

    from torchbook.checkpoint import write_checkpoint
    from torchbook.run_state import RunState

    config, B = SIZES["4 x 128"]
    model = ours(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
    for weight in model.parameters():
        weight.grad = torch.zeros_like(weight)
    optimizer.step()
    schedule = torch.optim.lr_scheduler.ConstantLR(optimizer)
    state = RunState(model, optimizer, schedule, {})
    state.judge(1.0)
    step = training_step(ours(config), config, B)
    writes, steps = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(repeats + 1):
            start = time.perf_counter()
            path = write_checkpoint(Path(folder), number, *state.state_dict(), keep=2)
            middle = time.perf_counter()
            step()
            writes.append(middle - start)
            steps.append(time.perf_counter() - middle)
        size = sum(file.stat().st_size for file in path.iterdir()) / 2**20
    row("a checkpoint: MiB", size)
    row("  ms", 1000 * median(writes[1:]))
    share = median(w / s for w, s in zip(writes[1:], steps[1:], strict=True)) / 100
    row("  of the time of 100 steps", share, 0.03, at_most=True)


def measure(what: str) -> None:
    """Print the MiB that a run adds to a process that has trained a tiny model before."""
    from peers import SIZES, ours, sizes, training_step

    import torchbook.train  # noqa: F401, so that its own weight is not counted

    tiny = sizes(1, 8, 1, 8)
    training_step(ours(tiny), tiny, B=1)()
    before = peak()
    if what == "bare":
        step = training_step(ours(SIZES["4 x 128"][0]), *SIZES["4 x 128"])
        for _ in range(STEPS):
            step()
    else:
        with tempfile.TemporaryDirectory() as folder:
            loop(STEPS, folder if what == "saving" else None)
    print(peak() - before)


def main(repeats: int = 40) -> None:
    added = {}
    for what in "bare", "loop", "saving":  # before torch is imported here
        command = [sys.executable, __file__, what]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        added[what] = float(done.stdout)
    from peers import row

    speed(repeats)
    checkpoint(min(repeats, 20))
    row("memory of bare steps: MiB", added["bare"])
    row("  more in the loop", added["loop"] - added["bare"])
    row("  more in the loop, with checkpoints", added["saving"] - added["bare"])


if __name__ == "__main__":
    if sys.argv[1:] and not sys.argv[1].isdigit():
        measure(sys.argv[1])
    else:
        main(*map(int, sys.argv[1:]))
